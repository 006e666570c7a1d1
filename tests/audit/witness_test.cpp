// The witness: it signs what continues what it signed before, and answers as c2sp.org/tlog-witness
// says.
#include "replay/verify/witness.hpp"

#include <latch>
#include <map>
#include <thread>

#include "schemas/notation.hpp"
#include "tests/audit/forest.hpp"

namespace {

using verify::Witness;

class Remembered final : public Witness::Memory {
 public:
  std::optional<std::string> load(const std::string& origin) override {
    const auto found = notes.find(origin);
    return found == notes.end() ? std::nullopt : std::optional{found->second};
  }
  void store(const std::string& origin, const std::string& note) override {
    if (full) throw std::runtime_error("the disk is full");
    notes[origin] = note;
    sizes.push_back(verify::checkpoint_in(note).size);
  }

  std::map<std::string, std::string> notes;
  std::vector<std::uint64_t> sizes;  // in the order in which they were signed
  bool full = false;
};

struct Watched {
  forest::Log log;
  verify::Policy logs = forest::policy_of(log);
  Remembered memory;
  audit::Key key{audit::Signer::witness, "w.example.com/1", std::string(32, '\x05')};
  Witness witness{
      logs, memory, [this](std::string_view text) { return key.cosign(text, 1'795'000'000); }};

  std::string note(std::uint64_t size) const {
    return log.key.sign(audit::body_of({log.key.name(), size, audit::Tree{log.store}.root(size)}));
  }
  std::string proof(std::uint64_t before, std::uint64_t size) const {
    std::string lines;
    for (const auto& hash : audit::Tree{log.store}.consistency(before, size))
      lines += schemas::to_base64(kernel::text(hash)) + '\n';
    return lines;
  }
  std::string request(std::uint64_t before, std::uint64_t size) const {
    return "old " + std::to_string(before) + '\n' + proof(before, size) + '\n' + note(size);
  }
  unsigned ask(const std::string& body) { return witness.add_checkpoint(body).status; }
};

}  // namespace

TEST_SUITE("witness") {
  TEST_CASE_FIXTURE(Watched, "it signs the first that it sees, and whatever continues that") {
    log.grow(300);
    const auto first = witness.add_checkpoint(request(0, 100));
    CHECK(first.status == 200);
    const auto cosigned = verify::parse_note(note(100) + first.body);
    CHECK(verify::find_signature(cosigned, *verify::parse_vkey(key.vkey())));
    CHECK(ask(request(100, 100)) == 200);  // the same again
    CHECK(ask(request(100, 256)) == 200);
    CHECK(ask(request(256, 300)) == 200);
    const auto hash = kernel::to_hex(kernel::text(kernel::sha256(log.key.name())));
    const auto last = witness.checkpoint(hash);
    CHECK(last.status == 200);
    CHECK(last.body.starts_with(note(300)));
    CHECK(witness.checkpoint("00").status == 404);
  }

  TEST_CASE_FIXTURE(Watched, "it says where it stands, and takes nobody's word") {
    log.grow(300);
    REQUIRE(ask(request(0, 100)) == 200);
    const auto told = witness.add_checkpoint(request(0, 300));
    CHECK(told.status == 409);
    CHECK(told.content_type == "text/x.tlog.size");
    CHECK(told.body == "100\n");
    CHECK(ask(request(50, 300)) == 409);
    CHECK(ask("old 100\n" + proof(99, 300) + '\n' + note(300)) == 422);
    CHECK(ask("old 100\n\n" + note(300)) == 422);
    CHECK(ask("old 100\n" + proof(99, 300) + '\n' + note(100)) == 422);
    CHECK(ask("old 300\n\n" + note(100)) == 400);
    const auto forged =
        log.key.sign(audit::body_of({log.key.name(), 100, audit::Tree{log.store}.root(101)}));
    CHECK(ask("old 100\n\n" + forged) == 409);  // another history of the same size
    const auto longer =
        log.key.sign(audit::body_of({log.key.name(), 300, audit::Tree{log.store}.root(299)}));
    CHECK(ask("old 100\n" + proof(100, 300) + '\n' + longer) == 422);
    const audit::Key stranger{audit::Signer::log, "other.example.com", forest::seed};
    CHECK(ask("old 0\n\n" + stranger.sign(audit::body_of({"other.example.com", 1, {}}))) == 404);
    const audit::Key thief{audit::Signer::log, log.key.name(), std::string(32, '\x06')};
    CHECK(ask("old 100\n\n" + thief.sign(note(100).substr(0, note(100).find("\n\n") + 1))) == 403);
    auto spoiled = request(100, 300);
    spoiled[spoiled.size() - 10] = spoiled[spoiled.size() - 10] == 'A' ? 'B' : 'A';
    CHECK(ask(spoiled) == 403);
    for (const auto* wrong :
         {"",
          "old",
          "old \n\n",
          "old 01\n\nx",
          "old 0\nx\n\nx",
          "old 0\n\n",
          "new 0\n\nx",
          "old -1\n\nx"})
      CHECK(ask(wrong) == 400);
    CHECK(memory.sizes == std::vector<std::uint64_t>{100});
  }

  TEST_CASE_FIXTURE(Watched, "what cannot be kept is not signed") {
    log.grow(10);
    memory.full = true;
    CHECK_THROWS_AS(ask(request(0, 10)), std::runtime_error);
    memory.full = false;
    CHECK(ask(request(0, 10)) == 200);
  }

  // The race of c2sp.org/tlog-witness: both checked against the old size, the smaller kept last.
  TEST_CASE_FIXTURE(Watched, "two requests at once cannot take a log back") {
    log.grow(200);
    REQUIRE(ask(request(0, 100)) == 200);
    for (std::uint64_t before = 100; before + 3 < 200; before = memory.sizes.back()) {
      const std::vector<std::string> requests{
          request(before, before + 1), request(before, before + 2), request(before, before + 3)};
      std::latch begin{3};
      std::vector<std::thread> threads;
      std::atomic<int> signed_at_once{0};
      for (const auto& body : requests)
        threads.emplace_back([&] {
          begin.arrive_and_wait();
          if (ask(body) == 200) ++signed_at_once;
        });
      for (auto& thread : threads) thread.join();
      CHECK(signed_at_once == 1);
    }
    CHECK(std::ranges::is_sorted(memory.sizes));
  }
}
