#include "domain/fold/shared_log.hpp"

#include <doctest/doctest.h>

#include <random>
#include <thread>

#include "tests/flows/history.hpp"
#include "tests/fold/counted_log.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/wait.hpp"

namespace {

constexpr int soon = 5, patient = 60'000;  // ms

// Takes all that is there; the sequence after it.
std::uint64_t read_all(fold::Subscription& reader, std::uint64_t next) {
  for (;;) {
    const auto messages = reader.next(7, 0);
    if (messages.empty()) return next;
    for (const auto& message : messages) CHECK(message.sequence == next++);
  }
}

}  // namespace

TEST_SUITE("fold: a log that is shared") {
  TEST_CASE("whoever comes to the same place shares one reading, and misses nothing") {
    history::Log log;
    grow(log, 99);
    CountedLog counted{log};
    fold::SharedLog shared{counted};
    const auto first = shared.subscribe(1), second = shared.subscribe(40);
    CHECK(read_all(*first, 1) == 101);
    CHECK(read_all(*second, 40) == 101);
    CHECK(counted.open == 1);
    counted.read = 0;
    grow(log, 50);
    CHECK(read_all(*second, 101) == 151);
    CHECK(read_all(*first, 101) == 151);
    CHECK(counted.read == 50);
    CHECK(counted.open == 1);
  }

  TEST_CASE("one that is ahead waits for nobody, and shares when the others have come") {
    history::Log log;
    grow(log, 99);
    CountedLog counted{log};
    fold::SharedLog shared{counted};
    const auto behind = shared.subscribe(1), ahead = shared.subscribe(90);
    CHECK(behind->next(1, soon).size() == 1);
    CHECK(read_all(*ahead, 90) == 101);
    CHECK(counted.open == 2);
    CHECK(read_all(*behind, 2) == 101);
    CHECK(ahead->next(1, 0).empty());
    CHECK(counted.open == 1);
  }

  TEST_CASE("one that falls too far behind reads by itself until it has caught up") {
    history::Log log;
    CountedLog counted{log};
    constexpr std::size_t kept = 1'000;
    fold::SharedLog shared{counted, kept};
    const auto quick = shared.subscribe(1), slow = shared.subscribe(1);
    read_all(*quick, 1);
    read_all(*slow, 1);
    CHECK(counted.open == 1);
    grow(log, 200);
    CHECK(read_all(*quick, 2) == 202);
    CHECK(slow->next(1, 0).size() == 1);
    CHECK(counted.open == 2);
    CHECK(read_all(*slow, 3) == 202);
    CHECK(counted.open == 1);
  }

  TEST_CASE("when the one that waits for all gives up, another waits in its place") {
    history::Log log;
    CountedLog counted{log};
    fold::SharedLog shared{counted};
    auto hasty = shared.subscribe(1);
    const auto other = shared.subscribe(1);
    read_all(*hasty, 1);
    read_all(*other, 1);
    std::atomic<bool> waiting{false};
    std::thread gives_up{[&] {
      waiting = true;
      CHECK(hasty->next(1, 50).empty());
      hasty.reset();
      grow(log, 1);
    }};
    REQUIRE(support::eventually([&] { return waiting.load(); }));
    CHECK(other->next(1, patient).size() == 1);
    gives_up.join();
    CHECK(counted.open == 1);
  }

  TEST_CASE("readers at random speeds, among writing, see all of it, each once and in order") {
    const auto seed = support::seed();
    history::Log log;
    CountedLog counted{log};
    constexpr std::size_t kept = 5'000;
    constexpr std::uint64_t end = 1'000;
    fold::SharedLog shared{counted, kept};
    std::vector<std::thread> readers;
    for (unsigned i = 0; i < 5; ++i)
      readers.emplace_back([&, i] {
        std::mt19937_64 random{seed + i};
        auto next = std::uint64_t{1} + random() % 3;
        auto reader = shared.subscribe(next);
        while (next <= end) {
          for (const auto& message : reader->next(1 + random() % 20, soon)) {
            CHECK(message.sequence == next);
            next = message.sequence + 1;
          }
          if (random() % 50 == 0) reader = shared.subscribe(next);
          if (random() % 10 == 0)
            std::this_thread::sleep_for(std::chrono::microseconds{random() % 3'000});
        }
      });
    while (log.end() < end) grow(log, 10);
    for (auto& reader : readers) reader.join();
    CHECK(counted.open == 0);
  }
}
