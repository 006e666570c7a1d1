#include "tests/outbound/shop.hpp"

#include "gateways/http/signature.hpp"

namespace outbound_test {
namespace {

// What `ask` will call back with.
template <class Ask>
GatewayAnswer answer_to(Ask&& ask) {
  const auto awaited = std::make_shared<support::Awaited<GatewayAnswer>>();
  ask([awaited](GatewayAnswer answer) { awaited->give(std::move(answer)); });
  return awaited->take();
}

}  // namespace

outbound::Url loopback(std::uint16_t port) { return {"127.0.0.1", port, ""}; }

GatewayAnswer Asking::authorize(
    const std::string& key, const std::string& method, std::int64_t amount) {
  return answer_to([&](auto done) {
    gateway_.authorize(
        {.key = key,
         .payment_id = "pay-1",
         .amount = amount,
         .currency_code = "EUR",
         .payment_method = method,
         .correlation = "cor-1"},
        std::move(done));
  });
}

GatewayAnswer Asking::capture(const std::string& key, const std::string& ref, std::int64_t amount) {
  return answer_to([&](auto done) { gateway_.capture(key, ref, amount, std::move(done)); });
}

GatewayAnswer Asking::refund(const std::string& key, const std::string& ref, std::int64_t amount) {
  return answer_to([&](auto done) { gateway_.refund(key, ref, amount, std::move(done)); });
}

GatewayAnswer Asking::release(const std::string& key, const std::string& authorization_key) {
  return answer_to([&](auto done) { gateway_.release(key, authorization_key, std::move(done)); });
}

GatewayAnswer Asking::look_up(const std::string& key) {
  return answer_to([&](auto done) { gateway_.look_up(key, std::move(done)); });
}

GatewayAnswer Asking::fence(const std::string& key) {
  return answer_to([&](auto done) { gateway_.fence(key, std::move(done)); });
}

Mailbox::Mailbox() : server_{application_, {.port = 0}} {
  application_.on_request = [this](const http::Request& request, http::Reply reply) {
    take(request, std::move(reply));
  };
}

void Mailbox::take(const http::Request& request, http::Reply reply) {
  const std::lock_guard lock{mutex_};
  const auto signature = request.header("Gateway-Signature").value_or("");
  if (http::check_signature(
          signature,
          secret,
          request.body,
          std::chrono::system_clock::now(),
          std::chrono::minutes{5}) != http::Signed::well)
    return reply({.status = 401});
  if (refusals_ > 0) {
    --refusals_;
    return reply({.status = 503});
  }
  events_.push_back(json::parse(request.body));
  reply({.status = 200});
}

std::vector<json> Mailbox::wait(std::size_t count) {
  std::vector<json> found;
  const bool came = support::eventually([&] {
    const std::lock_guard lock{mutex_};
    found = events_;
    return found.size() >= count;
  });
  if (!came) throw std::runtime_error("too few webhooks came");
  return found;
}

void Mailbox::refuse(int count) {
  const std::lock_guard lock{mutex_};
  refusals_ = count;
}

simulator::Script Shop::quick() {
  return {
      .answer_late = ever,
      .webhook_late = milliseconds{20},
      .overtaken_within = ever,
      .retry_first = milliseconds{5},
      .retry_most = milliseconds{20}};
}

Shop::Shop(simulator::Script script) : script_{script} { open(); }

void Shop::open() {
  simulator_ = std::make_unique<simulator::PaymentSimulator>(simulator::PaymentSimulator::Options{
      .folder = folder.path() / "gateway",
      .webhooks_to = outbound::Url{"127.0.0.1", mailbox.port(), "/webhooks/gateway"},
      .secret = secret,
      .clock = clock_,
      .script = script_,
      .log = [](std::string_view) {}});
  http_.emplace(*loop_, outbound::HttpClient::Options{.base = loopback(port()), .time_out = ever});
  patient_.emplace(port(), ever);
}

void Shop::reopen() {
  patient_.reset();
  http_.reset();
  simulator_.reset();
  open();
}

json Shop::get(const std::string& path) { return ask({.method = "GET", .path = path}); }

json Shop::post(const std::string& path, const json& body, const std::string& key) {
  return ask(
      {.method = "POST", .path = path, .headers = {{"Idempotency-Key", key}}, .body = body.dump()});
}

json Shop::ask(outbound::HttpRequest request) {
  support::Awaited<std::optional<outbound::HttpAnswer>> awaited;
  http_->ask(std::move(request), [&](auto answer) { awaited.give(std::move(answer)); });
  const auto answer = awaited.take();
  if (!answer) throw std::runtime_error("the simulator does not answer");
  status = answer->status;
  return json::parse(answer->body);
}

std::vector<json> Shop::statement() {
  std::vector<json> lines;
  std::string from = "1970-01-01T00:00:00Z";
  for (;;) {
    const auto page = get("/v1/statement?from=" + from);
    lines.insert(lines.end(), page["lines"].begin(), page["lines"].end());
    if (page["next"].is_null()) return lines;
    from = page["next"];
  }
}

}  // namespace outbound_test
