// A connection to nats-server, as one user of it.
//
// Concurrency: any thread. Handlers run on a thread of the client library, one per subscription.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/nats/quorum.hpp"

// The client library's own types, so that its header stays out of ours.
// NOLINTBEGIN(bugprone-reserved-identifier)
struct __natsConnection;
struct __natsMsg;
struct __natsSubscription;
// NOLINTEND(bugprone-reserved-identifier)

namespace nats {

// Where and as whom to connect: "nats://user:password@127.0.0.1:4222"; of a cluster, as many of
// them with commas between, for the same user. The user's name is also the prefix of its inboxes,
// `_INBOX.<user>`, which is all that its permissions let it receive answers on.
struct Address {
  std::string url;
  std::string user() const;
  std::vector<std::string> servers() const;  // the url of each
  std::string hosts() const;                 // for people: without users and passwords
};

class Connection {
 public:
  using Handler = std::function<void(std::string_view subject, std::string_view data)>;

  // Waits for the server up to `patience_ms`; throws std::runtime_error with a sentence when it is
  // not there. From then on reconnects for ever by itself, to whichever server of a cluster is
  // there and not cut off from the others.
  Connection(const Address& address, const std::string& name, int patience_ms = 5000);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void publish(const std::string& subject, std::string_view data);
  // The handler is called until the result is destroyed, and not after. Destroy it before the
  // connection.
  class Listening;
  [[nodiscard]] std::unique_ptr<Listening> subscribe(const std::string& subject, Handler handler);
  // Answers requests on a subject with what the handler returns; with nothing, the asker is left to
  // wait.
  using Responder = std::function<std::optional<std::string>()>;
  [[nodiscard]] std::unique_ptr<Listening> respond(const std::string& subject, Responder responder);
  // The same where the answer takes its time: `answer` may be called later, from any thread, for as
  // long as the connection lives.
  using Answer = std::function<void(const std::string& data)>;
  using Server = std::function<void(std::string_view data, Answer answer)>;
  [[nodiscard]] std::unique_ptr<Listening> serve(const std::string& subject, Server server);
  // Asks without waiting; the answer comes to a subject that the caller listens on, empty when
  // nobody answers there.
  void ask(const std::string& subject, const std::string& answer_to, std::string_view data);
  // Waits for the answer; throws std::runtime_error when none comes in time.
  std::string request(const std::string& subject, std::string_view data, int patience_ms = 5000);

  bool connected() const;
  // Grows each time the connection was lost and found again: what the server kept for it may be
  // gone.
  std::uint64_t reconnections() const { return reconnections_; }
  // A subject below this user's inbox that nobody else uses.
  std::string fresh_inbox() const;
  const Address& address() const { return address_; }
  __natsConnection* handle() const { return connection_; }

 private:
  std::unique_ptr<Listening> listen(
      const std::string& subject, std::function<void(__natsConnection*, __natsMsg*)> handler);

  Address address_;
  __natsConnection* connection_ = nullptr;
  std::string inbox_;
  std::atomic<std::uint64_t> reconnections_{0};
  std::optional<Quorum> quorum_;  // of a cluster
};

class Connection::Listening {
 public:
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  friend class Connection;
  struct State {
    std::mutex mutex;  // held while the handler runs
    std::function<void(__natsConnection*, __natsMsg*)> handler;
  };
  Listening() = default;

  State* state_ = nullptr;  // the library's to keep until it has made its last call
  __natsSubscription* subscription_ = nullptr;
};

// What the library calls a status, as an exception with a sentence.
void check(int status, std::string_view what);

}  // namespace nats
