#include "gateways/http/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace http {

void RouteStats::record(unsigned status, std::chrono::nanoseconds duration) {
  const auto known = std::find(statuses.begin(), statuses.end() - 1, status);
  by_status_[static_cast<std::size_t>(known - statuses.begin())].fetch_add(
      1, std::memory_order_relaxed);
  const auto us = duration.count() / 1000;
  const auto bound = std::lower_bound(bounds_us.begin(), bounds_us.end(), us);
  by_duration_[static_cast<std::size_t>(bound - bounds_us.begin())].fetch_add(
      1, std::memory_order_relaxed);
  total_us_.fetch_add(static_cast<std::uint64_t>(us), std::memory_order_relaxed);
}

void RouteStats::write_requests(std::string& out) const {
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    const auto count = by_status_[i].load(std::memory_order_relaxed);
    if (count == 0) continue;
    const auto status = statuses[i] == 0 ? std::string{"other"} : std::to_string(statuses[i]);
    fmt::format_to(
        std::back_inserter(out),
        "construct_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n",
        name_,
        status,
        count);
  }
}

void RouteStats::write_durations(std::string& out) const {
  std::uint64_t below = 0;
  std::array<std::uint64_t, bounds_us.size() + 1> counts{};
  std::ranges::transform(by_duration_, counts.begin(), [](const auto& count) {
    return count.load(std::memory_order_relaxed);
  });
  if (std::ranges::all_of(counts, [](auto count) { return count == 0; })) return;
  constexpr std::string_view metric = "construct_http_request_duration_seconds";
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    const auto bound =
        i < bounds_us.size() ? fmt::format("{}", bounds_us[i] / 1e6) : std::string{"+Inf"};
    fmt::format_to(
        std::back_inserter(out),
        "{}_bucket{{route=\"{}\",le=\"{}\"}} {}\n",
        metric,
        name_,
        bound,
        below);
  }
  fmt::format_to(
      std::back_inserter(out),
      "{0}_sum{{route=\"{1}\"}} {2}\n{0}_count{{route=\"{1}\"}} {3}\n",
      metric,
      name_,
      static_cast<double>(total_us_.load(std::memory_order_relaxed)) / 1e6,
      below);
}

void write_metric(
    std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
}

void write_traffic(std::string& out, const Traffic& traffic) {
  const auto write =
      [&out](std::string_view name, std::string_view kind, std::string_view help, auto value) {
        write_metric(out, name, kind, help);
        fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
      };
  write("construct_http_connections", "gauge", "Open connections.", traffic.connections.load());
  write(
      "construct_http_in_flight",
      "gauge",
      "Requests taken and not yet answered.",
      traffic.in_flight.load());
  write("construct_http_ongoing", "gauge", "Answers that go on.", traffic.ongoing.load());
  write(
      "construct_http_left_behind_total",
      "counter",
      "Answers that went on and were cut off because their client was too slow.",
      traffic.left_behind.load());
  write(
      "construct_http_connections_total",
      "counter",
      "Connections since the start.",
      traffic.accepted.load());
  write(
      "construct_http_turned_away_total",
      "counter",
      "Connections over the limit.",
      traffic.turned_away.load());
  write(
      "construct_http_malformed_total",
      "counter",
      "Requests that were bad HTTP, too large or too slow.",
      traffic.malformed.load());
}

}  // namespace http
