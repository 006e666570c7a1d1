// Clients that shop, pay, subscribe and agree on contracts, all at once, until they are told to
// stop. Each asks again with the same key until it is answered, and what it was told is kept.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/deployment.hpp"

namespace faults {

// What became of one command, as its client sees it.
struct Told {
  std::string key;        // its idempotency key
  std::string aggregate;  // whom it addresses: "ordering/Order/o-1"
  nlohmann::json body;
  // So many commits had been acknowledged, to anybody, before it was sent: what is decided about it
  // rests on them at least.
  std::uint64_t known = 0;
  int status = 0;  // 0: it was never answered
  nlohmann::json answer;
};

class Market {
 public:
  // Opens it: some goods, of which one is scarce, a plan and a template of contracts.
  Market(std::vector<std::uint16_t> ports, unsigned clients, std::uint64_t seed);
  ~Market();
  Market(const Market&) = delete;
  Market& operator=(const Market&) = delete;

  std::size_t answered() const { return answered_; }
  // Closes it. What was told, in no order.
  std::vector<Told> stop();

 private:
  class Customer;

  std::vector<std::uint16_t> ports_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> answered_{0};
  std::atomic<std::uint64_t> known_{0};
  std::mutex mutex_;  // guards what follows
  std::vector<Told> told_;
  std::vector<std::thread> threads_;
};

}  // namespace faults
