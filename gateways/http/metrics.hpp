// How requests are counted, and the text that Prometheus reads.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateways/http/server.hpp"

namespace http {

// The counts of one route. Any thread.
class RouteStats {
 public:
  explicit RouteStats(std::string name) : name_{std::move(name)} {}

  void record(unsigned status, std::chrono::nanoseconds duration);

  void write_requests(std::string& out) const;
  void write_durations(std::string& out) const;

  static constexpr std::array bounds_us = {
      100,
      250,
      500,
      1'000,
      2'500,
      5'000,
      10'000,
      25'000,
      50'000,
      100'000,
      250'000,
      500'000,
      1'000'000,
      2'500'000,
      10'000'000};
  static constexpr std::array<unsigned, 20> statuses = {200, 201, 204, 304, 400, 401, 403,
                                                        404, 405, 408, 410, 412, 413, 415,
                                                        417, 422, 429, 500, 503, 0};

 private:
  std::string name_;  // "POST /inventory/reserve/{inventory_id}"
  std::array<std::atomic<std::uint64_t>, statuses.size()> by_status_{};  // the last for any other
  std::array<std::atomic<std::uint64_t>, bounds_us.size() + 1> by_duration_{};
  std::atomic<std::uint64_t> total_us_{0};
};

void write_traffic(std::string& out, const Traffic& traffic);

// A metric's HELP and TYPE lines.
void write_metric(
    std::string& out, std::string_view name, std::string_view kind, std::string_view help);

}  // namespace http
