// Clocks that jump by hours, forwards and backwards, under real processes: of some or of all, while
// customers go on. The log's server keeps the right time.
#include <array>
#include <cstdlib>
#include <fstream>

#include "tests/e2e/load.hpp"
#include "tests/faults/market.hpp"
#include "tests/faults/marketplace.hpp"
#include "tests/support/seed.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr unsigned customers = 4;
constexpr std::array whose{
    "",  // everybody's
    "--instance 1",
    "--instance 2",
    "construct project",
    "construct flows",
    "construct effects",
    "construct audit"};

struct WrongClocks : faults::Marketplace {
  WrongClocks() : Marketplace{{"--apart"}, prepare} {}  // each may have a clock of its own

  // From now on the clocks of those who run now are off by so much.
  int set(const std::string& words, seconds off_by) const {
    const auto found = deployment.processes(words);
    for (const auto process : found) {
      const std::int64_t bytes = std::chrono::nanoseconds{off_by}.count();
      std::fstream file{
          folder(deployment) / std::to_string(process),
          std::ios::in | std::ios::out | std::ios::binary};
      file.write(reinterpret_cast<const char*>(&bytes), sizeof bytes);
    }
    return static_cast<int>(found.size());
  }

  void reserve(const std::string& id, int ttl_seconds) const {
    const nlohmann::json body{
        {"reservation_id", id}, {"quantity", 1}, {"order_id", "o-1"}, {"ttl_seconds", ttl_seconds}};
    e2e::Client client{deployment.port()};
    REQUIRE(support::eventually([&] {
      return client.post("/inventory/reserve/sku-1", body.dump(), {{"Idempotency-Key", id}})
                 .status == 200;
    }));
  }
  bool knows(const std::string& timer) const {
    return e2e::Client{deployment.port()}.get("/flows/hold_expiry/sku-1~" + timer).status == 200;
  }
  bool expired(const std::string& id) const {
    for (const auto& commit : faults::read_log(deployment.data()))
      for (const auto& fact : commit.facts)
        if (fact.type == "ReservationExpired" && fact.data["reservation_id"] == id) return true;
    return false;
  }
  // Waits until something is said, after so much of the output.
  bool says(const std::string& what, std::size_t after) const {
    return support::eventually(
        [&] { return deployment.output().find(what, after) != std::string::npos; });
  }

 private:
  static std::filesystem::path folder(const e2e::Deployment& of) { return of.folder() / "clocks"; }
  static void prepare(e2e::Deployment& of) {
    std::filesystem::create_directories(folder(of));
    // ASan would have nothing before itself; this may be.
    const char* sanitizer = std::getenv("ASAN_OPTIONS");
    of.set_environment(
        {{"LD_PRELOAD", support::program("wrong_clock.so")},
         {"CONSTRUCT_WRONG_CLOCKS", folder(of).string()},
         {"ASAN_OPTIONS",
          (sanitizer ? std::string{sanitizer} + ':' : "") + "verify_asan_link_order=0"}});
  }
};

}  // namespace

TEST_SUITE("faults: clocks") {
  TEST_CASE_FIXTURE(WrongClocks, "whosever clocks jump, and wherever to: every promise is kept") {
    const auto seed = support::seed();
    const auto jumps = support::number_from("CONSTRUCT_KILLS").value_or(12);
    std::mt19937_64 random{seed};
    faults::Market market{deployment.ports(), customers, seed};
    const auto go_on = [&](std::size_t answers) {
      const auto until = market.answered() + answers;
      return support::eventually([&] { return market.answered() >= until; });
    };
    std::map<std::string, int> jumped;
    for (std::uint64_t i = 0; i < jumps; ++i) {
      REQUIRE_MESSAGE(go_on(20 + random() % 60), deployment.output());
      const auto* words = whose[random() % whose.size()];
      // One that is killed comes back with the right time.
      if (random() % 4 == 0 && *words) deployment.kill_some(words);
      const seconds off_by{static_cast<std::int64_t>(random() % 43'200) - 21'600};
      jumped[words] += set(words, random() % 4 == 0 ? 0s : off_by);
    }
    REQUIRE_MESSAGE(go_on(50), deployment.output());
    set("", 0s);
    REQUIRE_MESSAGE(go_on(100), deployment.output());
    const auto told = market.stop();
    check_views();
    const auto log = faults::read_log(deployment.data());
    for (const auto& wrong : faults::check(log, told)) FAIL_CHECK(wrong);
    // Nobody's wrong time is in the log.
    CHECK(std::chrono::abs(log.back().at - std::chrono::system_clock::now()) < 5min);
    check_fresh_folds();
    for (const auto& [words, times] : jumped)
      MESSAGE((words.empty() ? "everybody" : words), " jumped: ", times);
    MESSAGE("answers: ", told.size(), ", commits: ", log.size());
  }

  TEST_CASE_FIXTURE(WrongClocks, "an engine whose clock is wrong does not take the lead") {
    const std::array words{"--instance 1", "--instance 2"};
    const std::size_t first = deployment.leads(0) ? 0 : 1, other = 1 - first;
    REQUIRE(deployment.leads(first));
    for (const auto off_by : {-3h, 3h}) {
      REQUIRE(set(words[other], off_by) == 1);
      const auto before = deployment.output().size();
      REQUIRE(deployment.signal_some(words[first], SIGSTOP) == 1);
      CHECK(says("this engine does not lead", before));
      CHECK(!deployment.leads(other));
      deployment.signal_some(words[first], SIGCONT);
    }
    REQUIRE(set(words[other], 0s) == 1);
    REQUIRE(deployment.kill_some(words[first]) == 1);
    CHECK(support::eventually([&] { return deployment.leads(other); }));
    // The one that leads says it, too, and goes by the time that has elapsed.
    const auto before = deployment.output().size();
    REQUIRE(set(words[other], 5h) == 1);
    CHECK(says("has jumped and differs from the log server's", before));
    CHECK(deployment.leads(other));
  }

  TEST_CASE_FIXTURE(
      WrongClocks, "a timer fires when it is due, whatever its clock has shown meanwhile") {
    e2e::Client client{deployment.port()};
    e2e::stock(client, "sku-1", 10);
    const auto expires = [&](const std::string& id) {
      return support::eventually([&] { return expired(id); });
    };
    set("construct flows", 2h);
    reserve("r-early", 5);
    REQUIRE(support::eventually([&] { return knows("r-early"); }));
    set("construct flows", 0s);
    CHECK(expires("r-early"));
    set("construct flows", -2h);
    reserve("r-late", 1);
    REQUIRE(support::eventually([&] { return knows("r-late"); }));
    set("construct flows", 0s);
    CHECK(expires("r-late"));
    // When all had jumped and are right again, the log is not ahead.
    set("", 6h);
    reserve("r-all", 1);
    set("", 0s);
    reserve("r-after", 1);
    CHECK(expires("r-all"));
    CHECK(expires("r-after"));
    for (const auto& wrong : faults::check(faults::read_log(deployment.data()), {}))
      FAIL_CHECK(wrong);
  }
}
