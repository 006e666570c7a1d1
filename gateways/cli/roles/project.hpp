// The role that folds the log into the views that GETs read.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/fold/following.hpp"
#include "gateways/cli/roles/process.hpp"
#include "gateways/nats/stream.hpp"

namespace cli {

class ProjectRole {
 public:
  explicit ProjectRole(Process& process);
  ~ProjectRole();

 private:
  struct Folding;

  std::string metrics() const;

  nats::Stream stream_;
  std::vector<std::unique_ptr<Folding>> folds_;
  std::optional<fold::Following> following_;
  http::Vitals vitals_{[] { return std::nullopt; }, [this] { return metrics(); }};
  std::optional<http::Server> server_;
};

}  // namespace cli
