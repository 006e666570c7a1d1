#include "gateways/simulators/payment/postman.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "gateways/http/signature.hpp"

namespace simulator {
namespace {

constexpr std::chrono::seconds patience{10};

}  // namespace

Postman::Postman(outbound::Loop& loop, Bank& bank, Options options)
    : loop_{loop},
      bank_{bank},
      options_{std::move(options)},
      due_{loop.context()},
      client_{loop, {.base = {options_.to.host, options_.to.port}, .time_out = patience}} {
  wake();
}

Postman::~Postman() {
  loop_.run([this] {
    stopped_ = true;
    due_.cancel();
  });
}

void Postman::wake() {
  boost::asio::post(loop_.context(), [this] { look(); });
}

void Postman::look() {
  if (away_ || stopped_) return;
  const auto webhook = bank_.next_webhook();
  if (!webhook) return;
  const auto wait =
      std::chrono::microseconds{webhook->due} - options_.clock.now().time_since_epoch();
  if (wait <= wait.zero()) return deliver(*webhook);
  due_.expires_after(wait);
  due_.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

void Postman::deliver(const Webhook& webhook) {
  away_ = true;
  auto body = webhook.event.dump();
  const auto now = std::chrono::floor<std::chrono::seconds>(options_.clock.now());
  auto signature = http::make_signature(options_.secret, now, body);
  outbound::HttpRequest request{
      .method = "POST",
      .path = options_.to.path,
      .headers = {{"Gateway-Signature", std::move(signature)}},
      .body = std::move(body)};
  client_.ask(
      std::move(request), [this, webhook](const auto& answer) { answered(webhook, answer); });
}

void Postman::answered(const Webhook& webhook, const std::optional<outbound::HttpAnswer>& answer) {
  if (stopped_) return;  // It stays due.
  away_ = false;
  const bool taken = answer && answer->status / 100 == 2;
  if (taken)
    bank_.delivered(webhook);
  else
    bank_.not_taken(webhook);
  if (taken == failing_) {
    failing_ = !taken;
    options_.tell(
        taken    ? "webhooks are taken again"
        : answer ? fmt::format(
                       "a webhook was answered with {}: {}; it is sent again",
                       answer->status,
                       answer->body)
                 : "webhooks are not answered; they are sent again");
  }
  look();
}

}  // namespace simulator
