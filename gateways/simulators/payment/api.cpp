#include "gateways/simulators/payment/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>

#include "gateways/http/text.hpp"
#include "schemas/notation.hpp"

namespace simulator {
namespace {

using nlohmann::json;

constexpr std::array methods{
    std::string_view{"test_ok"},
    std::string_view{"test_decline"},
    std::string_view{"test_timeout_then_ok"},
    std::string_view{"test_timeout_lost"},
    std::string_view{"test_3ds"},
    std::string_view{"test_webhook_only"},
    std::string_view{"test_webhook_chaos"}};
constexpr std::string_view lost = "test_timeout_lost";

constexpr std::size_t longest_key = 512;
constexpr std::size_t longest_text = 200;

// A connection whose request was lost is let go of some time, or they would add up.
constexpr std::chrono::minutes lost_for{1};

Answer malformed(std::string message) {
  return {400, {{"error", "malformed"}, {"message", std::move(message)}}};
}

// What a request says. The first thing that is wrong with it is kept as the answer to it; what is
// read after that means nothing.
class Reading {
 public:
  explicit Reading(const http::Request& request) : request_{request} {
    if (!request.body.empty()) body_ = json::parse(request.body, nullptr, false);
    if (!body_.is_object()) fail("The body is not a JSON object; send one.");
  }

  // What `act` answers, if all that was read so far is well.
  template <class Act>
  Answer then(Act act) const {
    return fault_ ? *fault_ : act();
  }

  std::string key() {
    const auto key = request_.header("Idempotency-Key").value_or("");
    if (!http::is_visible_ascii(key, longest_key))
      fail("Idempotency-Key must be 1 to 512 visible ASCII characters; send one.");
    return std::string{key};
  }

  std::int64_t amount(std::uint64_t least) {
    constexpr std::uint64_t most = schemas::exact_integer_max;
    const auto amount = body_.is_object() ? body_.value("amount", json{}) : json{};
    if (amount.is_number_unsigned() && amount >= least && amount <= most) return amount;
    fail(fmt::format("amount must be a whole number from {} to {}; send one.", least, most));
    return 0;
  }

  std::string text(const char* name) {
    const auto text = body_.is_object() ? body_.value(name, json{}) : json{};
    if (text.is_string() && !text.get_ref<const std::string&>().empty() &&
        text.get_ref<const std::string&>().size() <= longest_text)
      return text;
    fail(fmt::format("{} must be a text of 1 to {} bytes; send one.", name, longest_text));
    return {};
  }

  // Whatever the shop wants to have back.
  json metadata() {
    auto metadata = body_.is_object() ? body_.value("metadata", json{}) : json{};
    if (!(metadata.is_object() || metadata.is_null()) || metadata.dump().size() > longest_text)
      fail(fmt::format("metadata must be an object of at most {} bytes; send one.", longest_text));
    return metadata;
  }

  std::string currency() {
    auto currency = text("currency");
    if (currency.size() != 3 ||
        !std::ranges::all_of(currency, [](char c) { return c >= 'A' && c <= 'Z'; }))
      fail("currency must be three capital letters; send one such as EUR.");
    return currency;
  }

  std::string method() {
    auto method = text("method");
    if (!fault_ && std::ranges::find(methods, method) == methods.end())
      fault_ = {
          422,
          {{"error", "method_unsupported"},
           {"message", "There is no payment method of this name; use test_ok."}}};
    return method;
  }

  // What the customer did.
  std::string outcome() {
    auto outcome = body_.empty() ? "authorized" : text("outcome");
    if (outcome != "authorized" && outcome != "declined")
      fail("outcome must be authorized or declined; send one of them.");
    return outcome;
  }

  kernel::Time time(std::string_view name, kernel::Time otherwise) {
    const auto found = std::ranges::find(request_.query, name, &http::Parameter::name);
    if (found == request_.query.end()) return otherwise;
    const auto time = schemas::parse_time(found->value);
    if (!time || *time < 0)
      fail(fmt::format(
          "{} must be a time since 1970; send one such as 2026-01-31T00:00:00Z.", name));
    return kernel::Time{std::chrono::microseconds{time.value_or(0)}};
  }

 private:
  void fail(std::string message) {
    if (!fault_) fault_ = malformed(std::move(message));
  }

  const http::Request& request_;
  json body_ = json::object();
  std::optional<Answer> fault_;
};

http::Response to_response(const Answer& answer) {
  return {
      .status = answer.status,
      .content_type = http::content::json,
      .body = answer.body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

// By which name the caller reached this service.
std::string base_of(const http::Request& request) {
  return fmt::format("http://{}", request.header("Host").value_or(""));
}

}  // namespace

struct Api::Call {
  const http::Request& request;
  std::span<const schemas::Given> path;

  std::string given() const { return std::string{path.front().value}; }
};

Api::Api(Bank& bank, outbound::Loop& loop, const Script& script)
    : bank_{bank}, loop_{loop}, script_{script} {
  const auto add = [this](std::string_view method, std::string_view pattern, Action action) {
    router_.add(method, pattern, actions_.size());
    actions_.push_back(action);
  };
  add("POST", "/v1/payments", &Api::authorize);
  add("POST", "/v1/payments/{id}/capture", &Api::capture);
  add("POST", "/v1/payments/{id}/void", &Api::void_payment);
  add("POST", "/v1/payments/{id}/refunds", &Api::refund);
  add("POST", "/v1/payments/{id}/complete_action", &Api::complete_action);
  add("GET", "/v1/requests/{key}", &Api::look_up);
  add("POST", "/v1/requests/{key}/fence", &Api::fence);
  add("GET", "/v1/statement", &Api::statement);
}

void Api::handle(const http::Request& request, http::Reply reply) {
  const auto found = router_.find(request.method, request.path);
  if (found.outcome != http::Router::Outcome::found)
    return vitals_.handle(request, std::move(reply));
  const auto answer = (this->*actions_[found.endpoint])({request, found.parameters()});
  switch (answer.when) {
    case Answer::When::at_once:
      return reply(to_response(answer));
    case Answer::When::late:
      return later(script_.answer_late, std::move(reply), to_response(answer));
    case Answer::When::never:
      return later(lost_for, std::move(reply), std::nullopt);
  }
}

void Api::later(
    std::chrono::milliseconds time, http::Reply reply, std::optional<http::Response> response) {
  struct Held {
    boost::asio::steady_timer timer;
    http::Reply reply;
    std::optional<http::Response> response;
  };
  const auto held = std::make_shared<Held>(Held{
      boost::asio::steady_timer{loop_.context(), time}, std::move(reply), std::move(response)});
  held->timer.async_wait([held](boost::system::error_code) {
    if (held->response) held->reply(std::move(*held->response));
  });
}

Answer Api::authorize(const Call& call) {
  Reading read{call.request};
  const auto key = read.key();
  const Charge charge{
      .amount = read.amount(0),
      .currency = read.currency(),
      .method = read.method(),
      .reference = read.text("reference"),
      .base = base_of(call.request),
      .metadata = read.metadata()};
  return read.then([&] {
    return charge.method == lost ? Answer{.when = Answer::When::never}
                                 : bank_.authorize(key, charge);
  });
}

Answer Api::capture(const Call& call) {
  Reading read{call.request};
  const auto key = read.key();
  const auto amount = read.amount(1);
  return read.then([&] { return bank_.capture(key, call.given(), amount); });
}

Answer Api::void_payment(const Call& call) {
  Reading read{call.request};
  const auto key = read.key();
  return read.then([&] { return bank_.void_payment(key, call.given()); });
}

Answer Api::refund(const Call& call) {
  Reading read{call.request};
  const auto key = read.key();
  const auto amount = read.amount(1);
  return read.then([&] { return bank_.refund(key, call.given(), amount); });
}

Answer Api::complete_action(const Call& call) {
  Reading read{call.request};
  const auto outcome = read.outcome();
  return read.then([&] { return bank_.complete_action(call.given(), outcome); });
}

Answer Api::look_up(const Call& call) { return bank_.look_up(call.given()); }

Answer Api::fence(const Call& call) {
  const auto key = call.given();
  if (!http::is_visible_ascii(key, longest_key))
    return malformed("No request can have such a key; send one of visible ASCII characters.");
  return bank_.fence(key);
}

Answer Api::statement(const Call& call) {
  Reading read{call.request};
  const auto from = read.time("from", kernel::Time{});
  const auto to = read.time("to", kernel::Time::max());
  return read.then([&] { return bank_.statement(from, to); });
}

}  // namespace simulator
