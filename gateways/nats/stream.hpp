// The log in JetStream: the stream EVENTS, written by one engine and followed by every fold.
//
// Concurrency: publish() from one thread, the others from any; their callbacks come on a
// thread of the client library, or never when the answer was lost. Each Subscription belongs to one
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "domain/fold/log.hpp"
#include "gateways/nats/connection.hpp"

namespace nats {

inline constexpr const char* stream_name = "EVENTS";
inline constexpr const char* stream_subject = "events";

// One of the servers that keep the log, as the one that leads them sees it.
struct Keeper {
  std::string name;
  bool leads = false;
  bool current = false;                   // it has all, or nearly
  std::uint64_t behind = 0;               // messages
  std::chrono::nanoseconds silent_for{};  // since it was last heard of
};
// As the operator. Throws std::runtime_error when nobody leads them.
std::vector<Keeper> keepers(Connection& connection);

class Stream final : public fold::Log, public fold::Writer {
 public:
  // `tell` hears, as a sentence, of answers that should not come, such as a full disk.
  Stream(Connection& connection, std::function<void(std::string)> tell);
  ~Stream() override;

  std::unique_ptr<fold::Subscription> subscribe(std::uint64_t from_sequence) override;
  std::optional<std::uint64_t> end() override;
  void publish(
      const std::string& block,
      std::uint64_t expected_last_sequence,
      std::function<void(fold::Published)> done) override;
  void look(std::function<void(std::optional<fold::Look>)> done) override;
  // Prometheus text on the servers that keep the log, as the last look saw them; has another look
  // for the next time. Any thread.
  std::string metrics();

 private:
  using Answered = std::function<void(std::string_view answer)>;

  std::string expect(Answered answered);
  void on_answer(std::string_view subject, std::string_view data);
  fold::Published read_answer(std::string_view answer, std::uint64_t expected_last_sequence) const;

  Connection& connection_;
  std::function<void(std::string)> tell_;
  std::string answers_;  // prefix of the subjects on which answers come
  std::mutex mutex_;     // guards what follows
  std::uint64_t requests_ = 0;
  std::map<std::uint64_t, Answered> expected_;
  std::vector<Keeper> seen_;  // by the last look; empty when it was not answered
  std::unique_ptr<Connection::Listening> listening_;  // last, so that it ends first
};

// As the operator: makes the stream, or checks that the one that is there is as it must be.
// `replicas` is 1 or 3. Throws std::runtime_error with a sentence that says what is wrong.
void ensure_stream(Connection& connection, int replicas);

}  // namespace nats
