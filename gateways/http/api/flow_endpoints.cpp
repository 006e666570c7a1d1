#include "gateways/http/api/flow_endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateways/http/api/cursors.hpp"

namespace http {
namespace {

constexpr std::string_view cursor_version = "1";
constexpr std::array statuses{"running", "stuck", "held", "ended"};

}  // namespace

FlowEndpoint::FlowEndpoint(FlowSource& source, const Reading& reading)
    : Endpoint{fmt::format("GET {}", pattern)}, source_{source}, reading_{reading} {}

void FlowEndpoint::handle(const Call& call, Reply reply) {
  auto correlation = correlation_of(call.request, reading_.now());
  const Parameters parameters{call.request, {}};
  if (auto problem = parameters.problem())
    return reply(refuse(std::move(*problem), std::move(correlation)));
  try {
    auto found = source_.flow(call.path[0].value, call.path[1].value);
    if (!found)
      return reply(refuse(
          {.code = "not_found",
           .detail = "No such flow has an instance of this name; /flows lists what there is."},
          std::move(correlation)));
    reply({.content_type = content::json, .body = std::move(*found)});
  } catch (const std::runtime_error&) {
    reply(read_failed(reading_, correlation));
  }
}

FlowsEndpoint::FlowsEndpoint(Of of, FlowSource& source, const Reading& reading)
    : Endpoint{fmt::format("GET {}", pattern(of))}, of_{of}, source_{source}, reading_{reading} {}

void FlowsEndpoint::handle(const Call& call, Reply reply) {
  static const std::vector<std::string> of_flows{"flow", "status", "limit", "cursor"};
  static const std::vector<std::string> of_effects{"limit", "cursor"};
  auto correlation = correlation_of(call.request, reading_.now());
  Parameters parameters{call.request, of_ == Of::flows ? of_flows : of_effects};
  const std::string flow{parameters.get("flow").value_or("")};
  const std::string status{parameters.get("status").value_or("")};
  if (!status.empty() && std::ranges::find(statuses, status) == statuses.end())
    parameters.fault("status", "must be running, stuck, held or ended");
  const auto limit = parameters.limit();
  const auto scope = fmt::format("{}?flow={}&status={}", pattern(of_), flow, status);
  std::string after;
  auto problem = follow_cursor(parameters, reading_, scope, cursor_version, after);
  if (auto fault = parameters.problem()) problem = std::move(fault);
  if (problem) return reply(refuse(std::move(*problem), std::move(correlation)));
  try {
    const auto page = of_ == Of::flows ? source_.flows(flow, status, after, limit)
                                       : source_.effects(after, limit);
    Response response{.content_type = content::json, .body = "{\"items\":["};
    for (const auto& item : page.items)
      response.body.append(&item == page.items.data() ? "" : ",").append(item);
    end_page(
        response.body,
        page.next.empty() ? ""
                          : write_cursor(
                                reading_.digest,
                                scope,
                                {std::string{cursor_version}, reading_.incarnation(), page.next}));
    reply(std::move(response));
  } catch (const std::runtime_error&) {
    reply(read_failed(reading_, correlation));
  }
}

}  // namespace http
