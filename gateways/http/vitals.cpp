#include "gateways/http/vitals.hpp"

#include "gateways/http/metrics.hpp"
#include "gateways/http/problem.hpp"

namespace http {

std::unique_ptr<Vitals::Saying> Vitals::add(Part part) {
  const std::lock_guard lock{mutex_};
  return std::make_unique<Saying>(*this, parts_.insert(parts_.end(), std::move(part)));
}

Vitals::Saying::~Saying() {
  const std::lock_guard lock{of_.mutex_};
  of_.parts_.erase(part_);
}

std::optional<std::string> Vitals::not_ready() const {
  const std::lock_guard lock{mutex_};
  for (const auto& part : parts_)
    if (part.not_ready)
      if (auto why = part.not_ready()) return why;
  return std::nullopt;
}

std::string Vitals::metrics() const {
  const std::lock_guard lock{mutex_};
  std::string text;
  for (const auto& part : parts_) text += part.metrics();
  return text;
}

void Vitals::handle(const Request& request, Reply reply) {
  if (request.method != "GET" && request.method != "HEAD")
    return reply(to_response(Problem{.code = "method_not_allowed"}));
  if (request.path == "/healthz")
    return reply(Response{.content_type = content::json, .body = R"({"status":"alive"})"});
  if (request.path == "/readyz") {
    if (auto why = not_ready())
      return reply(to_response(Problem{.code = "unavailable", .detail = std::move(*why)}));
    return reply(Response{.content_type = content::json, .body = R"({"status":"ready"})"});
  }
  if (request.path != "/metrics")
    return reply(to_response(Problem{
        .code = "not_found", .detail = "This process has /healthz, /readyz and /metrics."}));
  Response response{.content_type = content::prometheus, .body = metrics()};
  write_traffic(response.body, traffic());
  reply(std::move(response));
}

}  // namespace http
