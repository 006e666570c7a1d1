// The role that decides commands and writes the log.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "commands/engine/service.hpp"
#include "gateways/cli/roles/process.hpp"
#include "gateways/nats/leadership.hpp"
#include "gateways/rocks/database.hpp"

namespace cli {

// Says on NATS whether this engine leads, and takes the commands of other processes while it does.
class OverNats final : public engine::Presence {
 public:
  OverNats(nats::Connection& connection, engine::Port& engine)
      : connection_{connection}, engine_{engine}, leadership_{connection} {}
  void leads(bool now) override;
  // Takes no more commands of other processes, and leaves the lead to others; any thread.
  void close();
  void ask(std::function<void(bool)> answer) override { leadership_.ask(std::move(answer)); }

 private:
  nats::Connection& connection_;
  engine::Port& engine_;
  nats::Leadership leadership_;
  std::mutex mutex_;  // guards what follows
  bool closed_ = false;
  std::vector<std::unique_ptr<nats::Connection::Listening>> taking_;
};

class EngineRole {
 public:
  // Without a store of its own yet, it begins with a copy of the leader's, if there is one.
  explicit EngineRole(Process& process);
  ~EngineRole() { presence_.close(); }
  EngineRole(const EngineRole&) = delete;
  EngineRole& operator=(const EngineRole&) = delete;

  // Answers what it has, for some seconds, and takes nothing new.
  void drain();

  engine::Service& service() { return service_; }
  const rocks::Database& store() const { return store_; }
  std::string metrics() { return service_.metrics() + process_.stream.metrics(); }

 private:
  Process& process_;
  OverNats presence_;
  rocks::Database store_;
  engine::Service service_;
  std::unique_ptr<nats::Connection::Listening> copying_;
  std::unique_ptr<nats::Connection::Listening> reporting_;
  std::unique_ptr<http::Vitals::Saying> saying_;
};

}  // namespace cli
