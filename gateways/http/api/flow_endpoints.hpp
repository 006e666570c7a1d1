// GET /flows, /flows/<flow>/<instance> and /effects, for operators.
#pragma once

#include "gateways/http/api/endpoint.hpp"
#include "gateways/http/api/queries.hpp"
#include "gateways/http/flows.hpp"

namespace http {

class FlowEndpoint final : public Endpoint {
 public:
  static constexpr std::string_view pattern = "/flows/{flow}/{instance}";

  FlowEndpoint(FlowSource& source, const Reading& reading);
  void handle(const Call& call, Reply reply) override;

 private:
  FlowSource& source_;
  const Reading& reading_;
};

// All flows, or all effects that are not over.
class FlowsEndpoint final : public Endpoint {
 public:
  enum class Of : std::uint8_t { flows, effects };
  static std::string_view pattern(Of of) { return of == Of::flows ? "/flows" : "/effects"; }

  FlowsEndpoint(Of of, FlowSource& source, const Reading& reading);
  void handle(const Call& call, Reply reply) override;

 private:
  Of of_;
  FlowSource& source_;
  const Reading& reading_;
};

}  // namespace http
