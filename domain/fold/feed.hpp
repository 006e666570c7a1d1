// The feed: every fact of the log as a CloudEvent, in a stream that other systems follow.
//
// Message n of that stream is fact n of the log, counted from 1. So its length alone says how far
// the feed has come: whether a crash came before or after a publication, or an acknowledgement was
// lost, there is no gap and no double.
//
// Concurrency: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/fold/cloud_event.hpp"
#include "domain/fold/fold.hpp"

namespace fold {

struct FeedMessage {
  std::string subject;  // "facts.ordering.Order.OrderPlaced"
  std::string id;       // of the event
  std::string event;    // domain/fold/cloud_event.hpp
};

// Port: the stream that other systems follow.
class FeedStream {
 public:
  virtual ~FeedStream() = default;
  struct End {
    std::uint64_t sequence = 0;
    std::optional<std::string> id;  // of the last message, unless its retention has taken it
  };
  // Nothing when it does not answer.
  virtual std::optional<End> end() = 0;
  // Appends all of them or none, if `expected` is its last sequence. At most feed_batch_most.
  virtual Published publish(const std::vector<FeedMessage>& messages, std::uint64_t expected) = 0;
};
inline constexpr std::size_t feed_batch_most = 500;  // nats-server takes 1,000

struct FeedFamilies {
  static constexpr Family state = 1;
  static constexpr std::array names{"state"};
};

class Feed final : public Fold {
 public:
  // Throws std::runtime_error with a sentence when the stream does not answer, or is not this
  // log's.
  Feed(const Reads& store, FeedStream& stream);

  void apply(const CommitView& commit, Batch& batch) override;
  // Publishes. Throws std::runtime_error when the stream does not answer for long, or somebody else
  // writes to it.
  void flush(Batch& batch) override;

  std::uint64_t facts() const { return facts_; }

 private:
  void begin_life(const CommitView& commit);
  void publish(const std::vector<FeedMessage>& messages, std::uint64_t expected);

  FeedStream& stream_;
  Life life_;
  std::uint64_t facts_ = 0;            // that were folded
  FeedStream::End published_;          // what the stream had when this began
  std::vector<FeedMessage> messages_;  // since the last flush
};

}  // namespace fold
