#include "tests/simulation/network.hpp"

#include <utility>

namespace simulation {

struct Network::Answering {
  std::function<void(fold::Published)> done;
  void operator()(fold::Published outcome) {
    if (auto once = std::exchange(done, nullptr)) once(outcome);
  }
};

microseconds Network::travel() {
  if (random_.percent(weather.late)) return random_.pause(seconds{2});
  return random_.between(microseconds{100}, milliseconds{2});
}

void Network::publish(
    const std::string& block,
    std::uint64_t expected_last_sequence,
    std::function<void(fold::Published)> done) {
  const auto answering = std::make_shared<Answering>(Answering{std::move(done)});
  if (random_.percent(weather.unsure))
    timeline_.after(travel(), [answering] { (*answering)(fold::Published::unknown); });
  const int copies = random_.percent(weather.request_lost) ? 0
                     : random_.percent(weather.doubled)    ? 2
                                                           : 1;
  for (int i = 0; i < copies; ++i)
    timeline_.after(travel(), [this, block, expected_last_sequence, answering] {
      arrive(block, expected_last_sequence, answering);
    });
}

void Network::arrive(
    const std::string& block,
    std::uint64_t expected_last_sequence,
    const std::shared_ptr<Answering>& answering) {
  if (random_.percent(weather.overtaken)) stray();
  const bool stored =
      !random_.percent(weather.refused) && log_.append_after(expected_last_sequence, block);
  if (random_.percent(weather.answer_lost)) return;
  const auto outcome = stored ? fold::Published::stored : fold::Published::refused;
  timeline_.after(travel(), [answering, outcome] { (*answering)(outcome); });
}

void Network::look(std::function<void(std::optional<fold::Look>)> done) {
  if (random_.percent(weather.request_lost)) return;
  if (random_.percent(weather.unsure))
    return timeline_.after(travel(), [done] { done(std::nullopt); });
  timeline_.after(travel(), [this, done] {
    const fold::Look seen{log_.last_sequence(), epoch_ + timeline_.now(), replicated};
    if (random_.percent(weather.answer_lost)) return;
    timeline_.after(travel(), [done, seen] { done(seen); });
  });
}

}  // namespace simulation
