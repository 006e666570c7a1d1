#include "gateways/http/metrics.hpp"
#include "gateways/http/problem.hpp"
#include "gateways/http/server.hpp"

namespace http {

Reply::Reply(std::shared_ptr<Exchange> exchange)
    : exchange_{std::move(exchange)}, started_{std::chrono::steady_clock::now()} {}

Reply::~Reply() {
  if (exchange_) (*this)(to_response({.code = "internal"}));
}

void Reply::operator()(Response response) {
  if (route_) route_->record(response.status, std::chrono::steady_clock::now() - started_);
  std::exchange(exchange_, nullptr)->answer(std::move(response));
}

Ongoing Reply::begin(Response head, std::function<void()> gone) {
  if (route_) route_->record(head.status, std::chrono::steady_clock::now() - started_);
  exchange_->begin(std::move(head), std::move(gone));
  return Ongoing{std::exchange(exchange_, nullptr)};
}

Ongoing::~Ongoing() {
  if (exchange_) exchange_->end();
}

LineReply::LineReply(std::shared_ptr<Exchange> exchange, std::uint64_t number)
    : exchange_{std::move(exchange)}, number_{number} {}

LineReply::~LineReply() {
  if (exchange_) (*this)(to_json({.code = "internal"}));
}

void LineReply::operator()(std::string text) {
  std::exchange(exchange_, nullptr)->answer_line(number_, std::move(text));
}

}  // namespace http
