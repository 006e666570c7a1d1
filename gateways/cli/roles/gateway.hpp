// The role that serves HTTP.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/engine/remote.hpp"
#include "commands/engine/router.hpp"
#include "commands/engine/service.hpp"
#include "gateways/cli/flow_source.hpp"
#include "gateways/cli/roles/engine.hpp"
#include "gateways/cli/roles/process.hpp"
#include "gateways/cli/stream_source.hpp"
#include "gateways/http/api.hpp"
#include "gateways/nats/requests.hpp"
#include "gateways/rocks/follower.hpp"
#include "projections/views/store_reader.hpp"

namespace cli {

class GatewayRole {
 public:
  GatewayRole(Process& process, EngineRole& beside);
  void drain();

 private:
  struct OpenView {
    std::unique_ptr<rocks::Follower> store;
    std::unique_ptr<views::Reader> reader;
  };

  void listen(const std::string& name, rocks::Follower& store);
  std::map<std::string, http::View, std::less<>> open_views();
  std::optional<std::string> stores_not_ready();

  Process& process_;
  nats::Requests requests_;
  engine::Remote leader_;
  engine::Router engine_;
  rocks::Follower streams_store_;
  StreamSource streams_;
  rocks::Follower flows_store_;
  rocks::Follower effects_store_;
  FlowSource flows_;
  rocks::Follower audit_store_;
  rocks::Follower trail_store_;
  std::map<std::string, OpenView> views_;
  std::vector<std::unique_ptr<nats::Connection::Listening>> listening_;
  std::optional<http::Api> api_;
  std::optional<http::Server> server_;
  std::unique_ptr<nats::Connection::Listening> reporting_;
};

}  // namespace cli
