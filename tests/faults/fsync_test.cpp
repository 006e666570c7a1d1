// What "durable" means, seen from the kernel: the server's fsync of the block's file has returned
// before the client has its answer.
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/e2e/load.hpp"

namespace {

struct Span {
  double begin, end;  // seconds since 1970
};

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// A process whose system calls are written down.
class Traced {
 public:
  Traced(pid_t process, std::filesystem::path file)
      : file_{std::move(file)},
        tracer_{cli::start(
            {"strace",
             {cli::find_program("strace").string(),
              "-f",
              "-qq",
              "-ttt",
              "-T",
              "-y",
              "--trace=fsync,fdatasync",
              "--output=" + file_.string(),
              "--attach=" + std::to_string(process)},
             {}})} {}
  ~Traced() { cli::stop(tracer_, std::chrono::seconds{5}); }
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

  // Of the files in which JetStream keeps messages. A line is "1234 1795287032.123456
  // fsync(7</…/msgs/1.blk>) = 0 <0.000312>", the last figure how long it took; or it is two, where
  // another thread came between: "… <unfinished ...>" and "1234 … <... fsync resumed>) = 0 <…>".
  std::vector<Span> syncs_of_blocks() const {
    std::vector<Span> spans;
    std::map<std::string, double> begun;  // by thread
    std::ifstream lines{file_};
    for (std::string line; std::getline(lines, line);) {
      const auto has = [&](const char* text) { return line.find(text) != std::string::npos; };
      std::istringstream words{line};
      std::string thread;
      double at = 0;
      words >> thread >> at;
      if (has("fsync(") && has("/msgs/") && has(".blk>")) begun[thread] = at;
      if (!has("= 0 <") || !begun.contains(thread)) continue;
      const auto begin = begun.extract(thread).mapped();
      spans.push_back({begin, begin + std::stod(line.substr(line.rfind('<') + 1))});
    }
    return spans;
  }

 private:
  std::filesystem::path file_;
  pid_t tracer_;
};

}  // namespace

TEST_SUITE("faults: fsync") {
  TEST_CASE("the block's file is synced between a command and its answer") {
    e2e::Deployment deployment;
    deployment.start();
    e2e::Client client{deployment.port()};
    const Traced server{deployment.processes("nats-server").at(0), deployment.folder() / "trace"};
    int number = 0;
    const auto command = [&] {
      const auto begin = now();
      REQUIRE(
          client
              .post(
                  "/commands/inventory/CreateStockItem",
                  e2e::item("sku-" + std::to_string(++number)))
              .status == 201);
      return Span{begin, now()};
    };
    REQUIRE(support::eventually([&] {
      command();
      return !server.syncs_of_blocks().empty();
    }));
    std::vector<Span> commands;
    for (int i = 0; i < 50; ++i) commands.push_back(command());
    const auto synced_in = [&](const Span& span) {
      return std::ranges::any_of(server.syncs_of_blocks(), [&](const Span& sync) {
        return sync.begin >= span.begin && sync.end <= span.end;
      });
    };
    // The tracer may write its last lines late.
    CHECK(support::eventually([&] { return std::ranges::all_of(commands, synced_in); }));
  }
}
