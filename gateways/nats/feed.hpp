// The stream FACTS, by which other systems follow what happened: one CloudEvent for each fact, on
// facts.<context>.<Aggregate>.<Fact>. Any NATS client may follow it, with wildcards, by a consumer
// of JetStream.
//
// It has a retention of its own, since the log has it all. Messages are stored in atomic batches
// (nats-server 2.12, ADR-50 of the NATS project), each with the sequence that it expects.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "domain/fold/feed.hpp"
#include "gateways/nats/connection.hpp"

namespace nats {

inline constexpr const char* feed_stream_name = "FACTS";
inline constexpr const char* feed_subjects = "facts.>";

// As the operator: makes it, or gives the one that is there this retention.
void ensure_feed(Connection& connection, int replicas, std::chrono::hours retention);

// One thread.
class FeedStream final : public fold::FeedStream {
 public:
  // `tell` hears what the server says when it takes none.
  FeedStream(Connection& connection, std::function<void(const std::string&)> tell)
      : connection_{connection}, tell_{std::move(tell)} {}

  std::optional<End> end() override;
  fold::Published publish(
      const std::vector<fold::FeedMessage>& messages, std::uint64_t expected) override;

 private:
  Connection& connection_;
  std::function<void(const std::string&)> tell_;
};

}  // namespace nats
