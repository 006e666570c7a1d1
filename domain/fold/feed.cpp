#include "domain/fold/feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "schemas/model.hpp"

namespace fold {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view facts_key = "facts";
constexpr std::string_view deployment_key = "deployment";
// A cluster elects another leader within it.
constexpr std::chrono::seconds patience{15};
constexpr std::chrono::milliseconds pause{20};

// "facts.ordering.Order.OrderPlaced": the id is inside, since subjects have few names and cheap
// filters, not one for each aggregate there ever was.
std::string subject_of(const FactView& fact) {
  return fmt::format(
      "facts.{}.{}.{}", context_of(fact.aggregate), type_of(fact.aggregate), fact.type);
}

[[noreturn]] void not_ours(const std::string& what) {
  throw std::runtime_error(fmt::format(
      "the feed's stream is not of this log, or somebody else writes to it: {}; delete the stream "
      "and the feed's store, and all facts are published again",
      what));
}

[[noreturn]] void silent() {
  throw std::runtime_error(
      "the feed's stream does not answer; see whether nats-server runs and its disk has room");
}

}  // namespace

Feed::Feed(const Reads& store, FeedStream& stream) : stream_{stream} {
  if (const auto facts = store.get(FeedFamilies::state, facts_key)) facts_ = from_ordered(*facts);
  life_.deployment = store.get(FeedFamilies::state, deployment_key).value_or("");
  if (const auto cursor = read_cursor(store)) life_.incarnation = cursor->incarnation;
  const auto end = stream_.end();
  if (!end) silent();
  published_ = *end;
  if (published_.sequence < facts_)
    not_ours(fmt::format(
        "it ends with message {}, where {} facts were published", published_.sequence, facts_));
}

void Feed::begin_life(const CommitView& commit) {
  life_.incarnation = incarnation_of(commit);
  const auto& fact = commit.facts.front();
  if (fact.type == construct::LogStarted::type_name) life_.deployment = id_of(fact.aggregate);
}

void Feed::apply(const CommitView& commit, Batch&) {
  if (begins_life(commit)) begin_life(commit);
  for (std::size_t i = 0; i < commit.facts.size(); ++i) {
    const auto& fact = commit.facts[i];
    const Event event{life_, commit, fact, i, *schemas::platform().table(fact.type)};
    ++facts_;
    if (facts_ == published_.sequence && published_.id && *published_.id != id_of(event))
      not_ours(fmt::format("its message {} is not {}", facts_, id_of(event)));
    if (facts_ <= published_.sequence) continue;
    auto& message = messages_.emplace_back(FeedMessage{subject_of(fact), id_of(event), {}});
    write_cloud_event(message.event, event);
  }
}

void Feed::flush(Batch& batch) {
  auto expected = facts_ - messages_.size();
  for (auto first = messages_.begin(); first != messages_.end();) {
    const auto size = std::min<std::ptrdiff_t>(feed_batch_most, messages_.end() - first);
    const std::vector<FeedMessage> part{
        std::make_move_iterator(first), std::make_move_iterator(first + size)};
    publish(part, expected);
    expected += part.size();
    first += size;
  }
  messages_.clear();
  batch.push_back({FeedFamilies::state, std::string{facts_key}, ordered(facts_)});
  batch.push_back({FeedFamilies::state, std::string{deployment_key}, life_.deployment});
}

// Until the stream is known to have them.
void Feed::publish(const std::vector<FeedMessage>& messages, std::uint64_t expected) {
  const auto until = steady_clock::now() + patience;
  do {
    if (stream_.publish(messages, expected) == Published::stored) return;
    const auto end = stream_.end();
    if (end && end->sequence == expected + messages.size() &&
        end->id.value_or(messages.back().id) == messages.back().id)
      return;
    if (end && end->sequence != expected)
      not_ours(fmt::format("it ends with message {}, not {}", end->sequence, expected));
    std::this_thread::sleep_for(pause);
  } while (steady_clock::now() < until);
  silent();
}

}  // namespace fold
