// The roles that run errands: flows, and effects.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "commands/effects/effects.hpp"
#include "commands/engine/remote.hpp"
#include "commands/flows/errands.hpp"
#include "commands/flows/fold.hpp"
#include "gateways/cli/roles/process.hpp"
#include "gateways/nats/requests.hpp"
#include "gateways/rocks/database.hpp"

namespace cli {

// An errand fold in a process: its store, its way to the engine, its vitals.
class ErrandRole {
 public:
  virtual ~ErrandRole() = default;
  ErrandRole(const ErrandRole&) = delete;
  ErrandRole& operator=(const ErrandRole&) = delete;

 protected:
  ErrandRole(Process& process, std::string name, std::vector<std::string> families);

  const rocks::Database& store() const { return store_; }
  engine::Port& engine() { return engine_; }
  void run(flows::ErrandFold& fold, flows::Errands::Try attempt);
  std::function<void(const std::string&)> alarm();
  virtual std::string more_metrics() const { return {}; }
  void stop();  // to be called by the destructor of what derives from this

 private:
  Process& process_;
  std::string name_;
  rocks::Database store_;
  nats::Requests requests_;
  engine::Remote engine_;
  std::optional<flows::Errands> errands_;
  std::unique_ptr<http::Vitals::Saying> saying_;
  std::vector<std::unique_ptr<nats::Connection::Listening>> answering_;
};

class FlowsRole final : public ErrandRole {
 public:
  explicit FlowsRole(Process& process);
  ~FlowsRole() override { stop(); }

 private:
  std::string more_metrics() const override;

  flows::FlowsFold fold_;
};

class EffectsRole final : public ErrandRole {
 public:
  EffectsRole(Process& process, const effects::Outside& outside);
  ~EffectsRole() override { stop(); }

 private:
  effects::Registry registry_;
  effects::EffectsFold fold_;
};

}  // namespace cli
