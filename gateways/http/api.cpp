#include "gateways/http/api.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "gateways/http/api/audit_reads.hpp"
#include "gateways/http/api/commands.hpp"
#include "gateways/http/api/flow_endpoints.hpp"
#include "gateways/http/api/lists.hpp"
#include "gateways/http/api/openapi.hpp"
#include "gateways/http/api/queries.hpp"
#include "gateways/http/api/service.hpp"
#include "gateways/http/api/stream_endpoint.hpp"
#include "gateways/http/api/trail.hpp"
#include "gateways/http/api/webhook.hpp"
#include "gateways/http/page.hpp"
#include "gateways/http/router.hpp"
#include "schemas/model.hpp"

namespace http {

class Api::Parts {
 public:
  Parts(Dependencies given, const Routes& routes, const Traffic& traffic)
      : dependencies_{std::move(given)},
        traffic_{traffic},
        intake_{
            dependencies_.engine,
            routes.schema(),
            Digest{dependencies_.digest_key},
            Answers{routes},
            dependencies_.now},
        reading_{
            intake_.digest, dependencies_.incarnation, dependencies_.now, dependencies_.log, live_},
        openapi_{http::openapi(routes).dump()},
        live_{dependencies_.live, dependencies_.log} {
    add_commands(routes);
    add_reads(routes);
    if (dependencies_.audit) add_audit(audit_.emplace(*dependencies_.audit, reading_));
    add_service();
  }

  void handle(const Request& request, Reply reply) {
    auto found = router_.find(request.method, request.path);
    if (found.outcome == Router::Outcome::found) {
      auto& endpoint = *endpoints_[found.endpoint];
      reply.measure(endpoint.stats);
      return endpoint.handle({request, found.parameters()}, std::move(reply));
    }
    reply.measure(unrouted_);
    auto correlation = correlation_of(request, dependencies_.now());
    switch (found.outcome) {
      case Router::Outcome::malformed:
        return reply(refuse(
            {.code = "malformed",
             .detail = "The path is not UTF-8, percent-encoded as RFC 3986 says; encode it so."},
            std::move(correlation)));
      case Router::Outcome::method_not_allowed: {
        const auto methods = found.allow + ", OPTIONS";
        if (request.method == "OPTIONS") return reply(options(request, methods));
        auto response = refuse({.code = "method_not_allowed"}, std::move(correlation));
        response.add("Allow", methods);
        return reply(std::move(response));
      }
      default:
        return reply(refuse(
            {.code = "not_found",
             .detail = "There is nothing at this address; /docs lists what there is."},
            std::move(correlation)));
    }
  }

  std::unique_ptr<Lines> lines(const Request& head) {
    return head.method == "POST" && head.path == "/commands" ? bulk_->lines(head) : nullptr;
  }

  const std::string& openapi() const { return openapi_; }

 private:
  void add(std::string_view method, std::string_view pattern, std::unique_ptr<Endpoint> endpoint) {
    router_.add(method, pattern, endpoints_.size());
    endpoints_.push_back(std::move(endpoint));
  }

  void add_commands(const Routes& routes) {
    for (const auto& route : routes.commands())
      add(route.method, route.pattern, std::make_unique<CommandEndpoint>(route, intake_));
    for (const auto& table : routes.schema().tables()) {
      if (table.role != schemas::Role::command) continue;
      const CommandRoute route{
          "POST", fmt::format("/commands/{}/{}", table.context, table.name), {&table}};
      add(route.method, route.pattern, std::make_unique<CommandEndpoint>(route, intake_));
    }
    for (const auto& route : routes.webhooks())
      add("POST",
          route.pattern,
          std::make_unique<WebhookEndpoint>(route, secret(route.webhook.secret), intake_));
    auto bulk = std::make_unique<BulkEndpoint>(intake_);
    bulk_ = bulk.get();
    add("POST", "/commands", std::move(bulk));
  }

  Response options(const Request& request, std::string_view methods) const {
    Response response{.status = 204};
    response.add("Allow", methods);
    dependencies_.cors.permit_methods(request, methods, response);
    return response;
  }

  std::string secret(const std::string& name) const {
    const auto found = dependencies_.webhook_secrets.find(name);
    return found == dependencies_.webhook_secrets.end() ? std::string{} : found->second;
  }

  const View& view(const std::string& name, std::string_view pattern) const {
    const auto found = dependencies_.views.find(name);
    if (found == dependencies_.views.end())
      throw std::invalid_argument(
          fmt::format("{} reads the view {}, which is not open here; open it", pattern, name));
    return found->second;
  }

  void add_reads(const Routes& routes) {
    for (const auto& route : routes.rows())
      add("GET",
          route.pattern,
          std::make_unique<RowEndpoint>(route, view(route.query.view, route.pattern), reading_));
    for (const auto& route : routes.lists())
      add("GET",
          route.pattern,
          std::make_unique<ListEndpoint>(route, view(route.query.view, route.pattern), reading_));
    add("GET",
        StreamEndpoint::pattern,
        std::make_unique<StreamEndpoint>(dependencies_.streams, routes.schema(), reading_));
    add("GET",
        FlowEndpoint::pattern,
        std::make_unique<FlowEndpoint>(dependencies_.flows, reading_));
    for (const auto of : {FlowsEndpoint::Of::flows, FlowsEndpoint::Of::effects})
      add("GET",
          FlowsEndpoint::pattern(of),
          std::make_unique<FlowsEndpoint>(of, dependencies_.flows, reading_));
  }

  void add_audit(const AuditReads& audit) {
    const auto add_read = [&](std::string_view pattern,
                              Response (AuditReads::*answer)(const Call&) const) {
      add_page(pattern, [&audit, answer](const Call& call) { return (audit.*answer)(call); });
    };
    add_read("/checkpoint", &AuditReads::checkpoint);
    add_read("/checkpoint.pending", &AuditReads::pending);
    add_read("/checkpoints", &AuditReads::checkpoints);
    add_read("/vkey", &AuditReads::vkey);
    add_read("/commit/{number}", &AuditReads::commit);
    add_read("/commits", &AuditReads::commits);
    add_read("/proof/inclusion", &AuditReads::inclusion);
    add_read("/proof/consistency", &AuditReads::consistency);
    add("GET",
        TrailEndpoint::pattern,
        std::make_unique<TrailEndpoint>(*dependencies_.audit, schemas::platform(), reading_));
    add("GET",
        CausesEndpoint::pattern,
        std::make_unique<CausesEndpoint>(*dependencies_.audit, reading_));
    // One endpoint, whose addresses differ in how many segments they have.
    std::string pattern = "/tile/{level}/{index}";
    add_read(pattern, &AuditReads::tile);
    for (std::size_t more = 2; more <= AuditReads::tile_segments_most; ++more)
      router_.add("GET", pattern += fmt::format("/{{index{}}}", more), endpoints_.size() - 1);
  }

  void add_page(std::string_view pattern, std::function<Response(const Call&)> make) {
    add("GET",
        pattern,
        std::make_unique<PageEndpoint>(fmt::format("GET {}", pattern), std::move(make)));
  }

  void add_service() {
    add_page("/", [](const Call& call) { return home_page(call.request); });
    add_page("/healthz", [](const Call&) {
      return Response{.content_type = content::json, .body = R"({"status":"alive"})"};
    });
    add_page(
        "/readyz", [this](const Call& call) { return readiness(dependencies_, call.request); });
    add_page("/metrics", [this](const Call&) { return metrics(); });
    add_page("/openapi.json", [this](const Call&) {
      return Response{.content_type = content::json, .body = openapi_};
    });
    add_page("/docs", [](const Call&) { return docs_page(); });
    add_page(
        "/problems", [](const Call& call) { return describe_problems(wants_html(call.request)); });
    for (const auto* pattern : {"/problems/{code}", "/problems/{context}/{code}"})
      add_page(pattern, [this](const Call& call) { return explain_problem(call, dependencies_); });
  }

  Response metrics() const {
    Response response{.content_type = content::prometheus};
    auto& out = response.body;
    write_traffic(out, traffic_);
    write_metric(
        out,
        "construct_http_requests_total",
        "counter",
        "Answers by route and status; of POST /commands, its lines.");
    for (const auto& endpoint : endpoints_) endpoint->stats.write_requests(out);
    unrouted_.write_requests(out);
    write_metric(
        out,
        "construct_http_request_duration_seconds",
        "histogram",
        "From the whole request to its answer.");
    for (const auto& endpoint : endpoints_) endpoint->stats.write_durations(out);
    if (dependencies_.more_metrics) dependencies_.more_metrics(out);
    return response;
  }

  Dependencies dependencies_;
  const Traffic& traffic_;
  Intake intake_;
  Reading reading_;
  std::string openapi_;
  std::optional<AuditReads> audit_;
  Router router_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  BulkEndpoint* bulk_ = nullptr;
  RouteStats unrouted_{"none"};
  Live live_;  // ends first: it reads through the endpoints
};

Api::Api(Dependencies dependencies, const Routes& routes)
    : parts_{std::make_unique<Parts>(std::move(dependencies), routes, traffic())} {}
Api::~Api() = default;

void Api::handle(const Request& request, Reply reply) { parts_->handle(request, std::move(reply)); }
std::unique_ptr<Lines> Api::lines(const Request& head) { return parts_->lines(head); }
const std::string& Api::openapi() const { return parts_->openapi(); }

}  // namespace http
