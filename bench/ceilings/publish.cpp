// ceiling_publish URL BYTES MILLISECONDS: publishes messages of that size to the log's stream, one
// after the other, each when the one before is on disk; as the user in the URL, who must be the
// engine. Prints {"per_second":…,"p50_ms":…}. What no writer of one block at a time goes beyond.

#include <fmt/format.h>
#include <nats/nats.h>

#include <chrono>
#include <cstdio>

#include "bench/ceilings/acknowledgement.hpp"
#include "bench/load/histogram.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/stream.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int patience_ms = 5'000;

void run(const std::string& url, std::size_t bytes, std::chrono::milliseconds time) {
  nats::Connection connection{{url}, "ceiling"};
  const auto inbox = connection.fresh_inbox();
  natsSubscription* answers = nullptr;
  nats::check(
      natsConnection_SubscribeSync(&answers, connection.handle(), inbox.c_str()),
      "cannot listen for answers; see whether nats-server runs");
  const std::string block(bytes, 'x');
  load::Histogram took;
  const auto begin = Clock::now();
  while (Clock::now() < begin + time) {
    const auto sent = Clock::now();
    nats::check(
        natsConnection_PublishRequest(
            connection.handle(),
            nats::stream_subject,
            inbox.c_str(),
            block.data(),
            static_cast<int>(bytes)),
        "cannot publish; see whether nats-server runs");
    natsMsg* answer = nullptr;
    nats::check(
        natsSubscription_NextMsg(&answer, answers, patience_ms),
        "no answer; see whether nats-server runs");
    ceilings::require_stored(
        {natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer))});
    natsMsg_Destroy(answer);
    took.record(Clock::now() - sent);
  }
  const std::chrono::duration<double> seconds = Clock::now() - begin;
  natsSubscription_Destroy(answers);
  const std::chrono::duration<double, std::milli> p50 = took.quantile(0.5);
  fmt::print(
      "{{\"per_second\":{:.1f},\"p50_ms\":{:.4f}}}\n",
      static_cast<double>(took.count()) / seconds.count(),
      p50.count());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: ceiling_publish URL BYTES MILLISECONDS\n", stderr);
    return 2;
  }
  try {
    run(argv[1], std::stoul(argv[2]), std::chrono::milliseconds{std::stoi(argv[3])});
  } catch (const std::exception& error) {
    fmt::print(stderr, "ceiling_publish: {}\n", error.what());
    return 1;
  }
}
