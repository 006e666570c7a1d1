// ceiling_consume URL MESSAGES raw|decoded: an ordered consumer of the log from its beginning,
// until it has been given so many messages; which are dropped, or decoded down to the facts. Prints
// {"seconds":…,"facts":…}. What no fold that reads the log goes beyond.

#include <fmt/format.h>
#include <nats/nats.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <stdexcept>
#include <string_view>

#include "gateways/nats/connection.hpp"
#include "gateways/nats/stream.hpp"
#include "schemas/construct.hpp"
#include "schemas/inventory.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes patience{2};

struct Reading {
  bool decoded = false;
  std::uint64_t left = 0;  // messages
  std::uint64_t facts = 0;
  std::promise<void> done = {};

  void take(std::string_view message) {
    if (decoded) decode_all(message);
    if (--left == 0) done.set_value();
  }

  void decode_all(std::string_view message) {
    construct::Block block;
    decode(message, block);
    for (const auto& stored : block.commits) {
      decode(stored.bytes.data, commit);
      for (const auto& fact : commit.facts) {
        if (fact.type == inventory::StockItemCreated::type_name) decode(fact.data.data, created);
        ++facts;
      }
    }
  }

  construct::Commit commit = {};  // kept, so that its memory is
  inventory::StockItemCreated created = {};
};

void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  auto& reading = *static_cast<Reading*>(closure);
  if (reading.left > 0)
    reading.take(
        {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))});
  natsMsg_Destroy(message);
}

void run(const std::string& url, Reading& reading) {
  nats::Connection connection{{url}, "ceiling"};
  jsCtx* context = nullptr;
  nats::check(natsConnection_JetStream(&context, connection.handle(), nullptr), "no JetStream");
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = nats::stream_name;
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverAll;
  auto done = reading.done.get_future();
  const auto begin = Clock::now();
  natsSubscription* subscription = nullptr;
  nats::check(
      js_Subscribe(
          &subscription,
          context,
          nats::stream_subject,
          on_message,
          &reading,
          nullptr,
          &options,
          nullptr),
      "cannot follow the log; see whether nats-server runs");
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  if (done.wait_for(patience) != std::future_status::ready)
    throw std::runtime_error("the log has fewer messages; say how many it has");
  const std::chrono::duration<double> seconds = Clock::now() - begin;
  fmt::print("{{\"seconds\":{:.6f},\"facts\":{}}}\n", seconds.count(), reading.facts);
  std::fflush(stdout);
  std::_Exit(0);  // The consumer ends with the connection, which ends with the process.
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view how = argc == 4 ? argv[3] : "";
  if (how != "raw" && how != "decoded") {
    std::fputs("usage: ceiling_consume URL MESSAGES raw|decoded\n", stderr);
    return 2;
  }
  try {
    Reading reading{.decoded = how == "decoded", .left = std::stoull(argv[2])};
    run(argv[1], reading);
  } catch (const std::exception& error) {
    fmt::print(stderr, "ceiling_consume: {}\n", error.what());
    return 1;
  }
}
