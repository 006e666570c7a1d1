#include "gateways/http/vitals.hpp"

#include "gateways/http/metrics.hpp"
#include "gateways/http/problem.hpp"

namespace http {

void Vitals::handle(const Request& request, Reply reply) {
  if (request.method != "GET" && request.method != "HEAD")
    return reply(to_response(Problem{.code = "method_not_allowed"}));
  if (request.path == "/healthz")
    return reply(Response{.content_type = content::json, .body = R"({"status":"alive"})"});
  if (request.path == "/readyz") {
    if (auto why_not = not_ready_())
      return reply(to_response(Problem{.code = "unavailable", .detail = std::move(*why_not)}));
    return reply(Response{.content_type = content::json, .body = R"({"status":"ready"})"});
  }
  if (request.path != "/metrics")
    return reply(to_response(Problem{
        .code = "not_found", .detail = "This process has /healthz, /readyz and /metrics."}));
  Response response{.content_type = content::prometheus, .body = metrics_()};
  write_traffic(response.body, traffic());
  reply(std::move(response));
}

}  // namespace http
