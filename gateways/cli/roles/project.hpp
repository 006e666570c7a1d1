// The role that folds the log into the views that GETs read, and carries views through their life:
// another generation of one is built beside the one that is read, which goes on, and is exchanged
// for it in one step.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "domain/fold/following.hpp"
#include "gateways/cli/control.hpp"
#include "gateways/cli/roles/generations.hpp"
#include "gateways/cli/roles/process.hpp"
#include "projections/views/completeness.hpp"

namespace cli {

class ProjectRole {
 public:
  explicit ProjectRole(Process& process);
  ~ProjectRole();

 private:
  struct Generation;
  struct View;

  std::unique_ptr<Generation> open(View& view, int number);
  View& view(const std::string& name);
  void close(View& view, int number);
  void scrub();

  nlohmann::json handle(const nlohmann::json& request);
  nlohmann::json list() const;
  int begin(View& view);
  std::string rebuild(View& view);
  void follow(View& view, int number, fold::Following::Pace pace);
  void exchange(View& view, void (Generations::*how)());
  std::string switch_to_next(View& view);
  std::string roll_back(View& view);
  template <class Task>
  auto between_batches(Generation& made, Task task);
  views::Completeness prove(const View& view, Generation& made);
  std::uint64_t check_rows(const View& view, Generation& made);
  std::string verify(const View& view);
  static nlohmann::json quarantine(const View& view);
  std::string retry(View& view, const std::string& key);
  std::vector<Part> parts() const;
  std::string metrics() const;

  Process& process_;
  mutable std::mutex mutex_;  // guards what follows, but for what the threads of fold own
  std::vector<std::unique_ptr<View>> views_;
  std::optional<fold::Following> following_;  // of what was there when the process began
  std::unique_ptr<http::Vitals::Saying> saying_;
  std::vector<std::unique_ptr<nats::Connection::Listening>> answering_;
  std::jthread scrubbing_;  // of what is open; ends before any of it is closed
};

}  // namespace cli
