// construct: one executable, a verb per process.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "gateways/cli/config.hpp"
#include "gateways/cli/operate.hpp"
#include "gateways/cli/replay.hpp"
#include "gateways/cli/serve.hpp"
#include "gateways/cli/simulator.hpp"
#include "gateways/cli/up.hpp"
#include "gateways/cli/witness.hpp"
#include "replay/verify/verbs.hpp"

namespace {

constexpr std::array roles{"engine", "gateway", "project", "flows", "effects", "audit", "feed"};

void print_help() {
  fmt::print(
      "construct {} - an event-sourced marketplace back end\n\n"
      "usage: construct VERB... [--key value]...\n\n"
      "  up         run everything: a private nats-server and all processes; Ctrl-C stops them\n"
      "  engine     decide commands and write the log\n"
      "  gateway    serve HTTP (beside the engine: construct engine gateway)\n"
      "  project    fold the log into the views that GETs read\n"
      "  flows      do what follows from facts when time or the outside world is involved\n"
      "  effects    ask the outside world for what facts want, and record the outcome\n"
      "  audit      keep the Merkle tree over the log and sign checkpoints of it "
      "(docs/AUDITORS.md)\n"
      "  feed       publish every fact for other systems, on the stream FACTS of nats-server\n"
      "  witness    cosign checkpoints of logs that others run\n"
      "  simulator  play the payment gateway (docs/PAYMENT_SIMULATOR.md)\n"
      "  status     tell of all processes on a data folder\n"
      "  view       list; or of one: rebuild, switch, rollback, verify, quarantine, retry VIEW "
      "[KEY]\n"
      "  replay     the past, for analysts: facts, states, read models as of a moment, exports; "
      "see\n"
      "             `construct replay help`\n"
      "  backup     DIR: copy the log and the keys into it, while all runs, and verify the copy\n"
      "  restore    DIR: make a data folder out of the backup in it\n"
      "  deployment DIR HOST HOST HOST: what three machines need to keep the log (docs/DEPLOY.md)\n"
      "  create-log make the log on servers that `up` did not start\n"
      "  resume     let flows and effects send what a rebuild or a restore held back\n"
      "  mirror     URL DIR: copy the log's tree and commits, for `verify`\n"
      "  verify     check a copy of the log, or a proof, on files alone; `construct verify` tells "
      "how\n"
      "  version    print the version\n"
      "  help       print this\n\n"
      "Keys; also CONSTRUCT_<KEY> in the environment and \"key\" in construct.json (or --config "
      "FILE):\n{}",
      CONSTRUCT_VERSION,
      cli::describe_keys());
}

int run(int argc, char** argv) {
  // They have words of their own; verify reads neither construct.json nor the environment.
  if (argc > 1 && std::string_view{argv[1]} == "verify")
    return verify::run({argv + 2, argv + argc});
  if (argc > 1 && std::string_view{argv[1]} == "replay") return cli::replay(argc, argv);
  const auto invocation = cli::parse(argc, argv);
  const auto& verbs = invocation.verbs;
  if (invocation.help || verbs.empty()) {
    print_help();
    return invocation.help ? 0 : 2;
  }
  if (verbs.size() == 1 && verbs.front() == "version") {
    fmt::print("construct {}\n", CONSTRUCT_VERSION);
    return 0;
  }
  if (const auto done = cli::operate(invocation.config, verbs)) return *done;
  if (verbs.size() == 1 && verbs.front() == "simulator") return cli::simulate(invocation.config);
  if (verbs.size() == 1 && verbs.front() == "witness") return cli::witness(invocation.config);
  if (verbs.size() == 1 && verbs.front() == "up")
    return cli::up(invocation.config, std::filesystem::read_symlink("/proc/self/exe").string());
  for (const auto& verb : verbs)
    if (std::ranges::find(roles, verb) == roles.end())
      throw cli::UsageError(fmt::format(
          "there is no verb {} (or it does not share a process); see `construct help`", verb));
  return cli::serve(verbs, invocation.config);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const cli::UsageError& error) {
    fmt::print(stderr, "construct: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "construct: {}\n", error.what());
    return 1;
  }
}
