#include "gateways/nats/requests.hpp"

#include <stdexcept>
#include <utility>

#include "schemas/notation.hpp"

namespace nats {

Requests::Requests(Connection& connection, std::chrono::milliseconds patience)
    : connection_{connection}, patience_{patience}, inbox_{connection.fresh_inbox() + '.'} {
  listening_ = connection_.subscribe(inbox_ + '*', [this](auto subject, auto data) {
    const auto number = schemas::parse_unsigned(subject.substr(inbox_.size()));
    if (const auto answered = number ? take(*number) : std::nullopt) (*answered)(std::string{data});
  });
  clock_ = std::thread{[this] { expire(); }};
}

Requests::~Requests() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  clock_.join();
  listening_.reset();
}

void Requests::ask(const std::string& subject, const std::string& data, Answered answered) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock{mutex_};
    number = ++asked_;
    open_.emplace(number, Open{std::move(answered), std::chrono::steady_clock::now() + patience_});
  }
  wake_.notify_one();
  try {
    connection_.ask(subject, inbox_ + std::to_string(number), data);
  } catch (const std::runtime_error&) {
    // The server is away, so nobody has got it.
    if (const auto mine = take(number)) (*mine)("");
  }
}

std::optional<Requests::Answered> Requests::take(std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  auto node = open_.extract(number);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped().answered);
}

void Requests::expire() {
  std::unique_lock lock{mutex_};
  while (!(stopping_ && open_.empty())) {
    if (open_.empty()) {
      wake_.wait(lock, [&] { return stopping_ || !open_.empty(); });
      continue;
    }
    const auto first = open_.begin();
    if (!stopping_ && std::chrono::steady_clock::now() < first->second.until) {
      const auto until = first->second.until;
      wake_.wait_until(lock, until, [&] { return stopping_; });
      continue;
    }
    const auto answered = std::move(first->second.answered);
    open_.erase(first);
    lock.unlock();
    answered(std::nullopt);
    lock.lock();
  }
}

}  // namespace nats
