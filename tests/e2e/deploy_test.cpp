// A deployment without `up`, as docs/DEPLOY.md sets it up: three servers and every process by
// itself, each with the address from its own file. The machines are addresses of the loopback.
#include <fmt/format.h>

#include <fstream>
#include <random>

#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/log_server.hpp"
#include "gateways/nats/connection.hpp"
#include "tests/e2e/load.hpp"
#include "tests/support/nats_server.hpp"
#include "tests/support/seed.hpp"

namespace {

constexpr unsigned machines = 3;

class Machines {
 public:
  Machines() {
    std::mt19937_64 random{support::seed()};
    for (unsigned i = 1; i <= machines; ++i)
      hosts_.push_back(fmt::format("127.{}.{}.{}", 1 + net(random), net(random), i));
    std::vector<std::string> words{"deployment", files().string()};
    words.insert(words.end(), hosts_.begin(), hosts_.end());
    const auto made = e2e::run(words);
    REQUIRE_MESSAGE(made.status == 0, made.output);
    std::filesystem::create_directories(data());
    std::filesystem::copy(files() / "keys", data() / "keys");
    for (unsigned i = 0; i < machines; ++i) start_server(i);
  }
  ~Machines() {
    for (auto one = processes_.rbegin(); one != processes_.rend(); ++one)
      cli::stop(*one, std::chrono::seconds{10});
  }
  Machines(const Machines&) = delete;
  Machines& operator=(const Machines&) = delete;

  // As the operator does.
  e2e::Ended operate(const std::vector<std::string>& words) const {
    return e2e::run(words, environment("operator"));
  }
  // A unit, such as construct@project.
  void start(const std::string& user, const std::vector<std::string>& verbs) {
    auto variables = environment(user);
    variables["CONSTRUCT_DATA"] = data().string();
    variables["CONSTRUCT_PORT"] = std::to_string(port_);
    processes_.push_back(e2e::launch(support::program("construct"), verbs, variables, output_));
  }

  std::string address(const std::string& user) const {
    const auto text = cli::read_file(files() / (user + ".env"));
    constexpr std::string_view name = "CONSTRUCT_NATS_URL=";
    REQUIRE(text.starts_with(name));
    return text.substr(name.size(), text.find('\n') - name.size());
  }
  std::string output() const { return cli::read_file(output_); }
  std::uint16_t port() const { return port_; }

 private:
  static std::uint64_t net(std::mt19937_64& random) { return random() % 250; }

  std::filesystem::path files() const { return folder_.path() / "deployment"; }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::map<std::string, std::string> environment(const std::string& user) const {
    return {{"CONSTRUCT_NATS_URL", address(user)}};
  }

  // Its store is not where the unit has it.
  void start_server(unsigned number) {
    const auto name = cli::server_name(number);
    auto text = cli::read_file(files() / (name + ".conf"));
    constexpr std::string_view store = "/var/lib/construct-log";
    const auto at = text.find(store);
    REQUIRE(at != std::string::npos);
    text.replace(at, store.size(), (folder_.path() / name).string());
    const auto file = folder_.path() / (name + ".conf");
    std::ofstream{file} << text;
    processes_.push_back(
        e2e::launch(support::nats_server_program(), {"--config", file.string()}, {}, output_));
  }

  const support::TemporaryFolder folder_;
  const std::filesystem::path output_ = folder_.path() / "output";
  const std::uint16_t port_ = cli::free_port();
  std::vector<std::string> hosts_;
  std::vector<pid_t> processes_;
};

}  // namespace

TEST_SUITE("e2e: deploy") {
  TEST_CASE_FIXTURE(Machines, "what `deployment` writes makes one, its feed included") {
    const auto made = operate({"create-log", "--cluster", "3", "--feed-days", "7"});
    REQUIRE_MESSAGE(made.status == 0, made.output);
    CHECK(made.output.find("kept by 3 of the servers") != std::string::npos);
    for (const auto* verb : {"project", "flows", "effects", "audit", "feed"})
      start(verb, {verb, "--vitals-port", "0"});
    start("engine", {"engine", "gateway"});
    e2e::Client client{port()};
    REQUIRE_MESSAGE(
        support::eventually([&] { return client.get("/readyz").status == 200; }), output());

    e2e::stock(client, "sku-1", 10);
    nats::Connection others{{address("facts")}, "another system"};
    CHECK_MESSAGE(
        support::eventually([&] {
          const auto told = e2e::json::parse(others.request("$JS.API.STREAM.INFO.FACTS", ""));
          return told.contains("state") && told["state"].value("messages", 0) >= 3;
        }),
        output());
    // Asked again it changes nothing.
    CHECK(operate({"create-log", "--cluster", "3"}).status == 0);
    const auto status = operate({"status"});
    CHECK(status.status == 0);
    for (const auto* part : {"leads", "feed", "audit", "view orders"})
      CHECK_MESSAGE(status.output.find(part) != std::string::npos, status.output);
  }
}
