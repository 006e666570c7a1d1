#include "domain/kernel/civil.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace kernel {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// The machine's own settings, which its folder of zones holds among the others.
constexpr std::string_view not_zones[]{"localtime", "posixrules"};

const date::time_zone* find(std::string_view name) {
  const auto& zones = date::get_tzdb().zones;
  const auto found = std::ranges::lower_bound(zones, name, {}, &date::time_zone::name);
  return found == zones.end() || found->name() != name ? nullptr : &*found;
}

// Names are checked where they enter; a zone that is gone since is the machine's fault.
const date::time_zone& zone_of(std::string_view name) {
  const auto* zone = find(name);
  if (!zone)
    throw std::runtime_error(
        "The zone " + std::string{name} + " is not in this machine's tzdata; install all of it.");
  return *zone;
}

int number(std::string_view text, std::size_t at, std::size_t length) {
  int value = 0;
  const auto* begin = text.data() + at;
  if (at + length > text.size() ||
      std::from_chars(begin, begin + length, value).ptr != begin + length)
    throw schemas::Corrupt{"not a local time: " + std::string{text}};
  return value;
}

}  // namespace

bool is_zone(std::string_view name) {
  return std::ranges::find(not_zones, name) == std::end(not_zones) && find(name);
}

LocalTime on_the_wall(Time instant, std::string_view zone) {
  const auto wall = zone_of(zone).to_local(std::chrono::floor<seconds>(instant));
  return LocalTime{wall.time_since_epoch()};
}

Time instant_of(LocalTime wall, std::string_view zone) {
  const date::local_seconds local{wall.time_since_epoch()};
  const auto info = zone_of(zone).get_info(local);
  // Between two offsets there is the instant at which the second one begins.
  if (info.result == date::local_info::nonexistent) return info.second.begin;
  return Time{local.time_since_epoch() - info.first.offset};
}

LocalTime plus_days(LocalTime wall, std::int64_t count) { return wall + days{count}; }

LocalTime plus_months(LocalTime wall, std::int64_t count) {
  const auto day = std::chrono::floor<days>(wall);
  const std::chrono::year_month_day date{day};
  auto later = date + std::chrono::months{count};
  if (!later.ok()) later = later.year() / later.month() / std::chrono::last;
  return std::chrono::local_days{later} + (wall - day);
}

std::string to_text(LocalTime wall) {
  const auto day = std::chrono::floor<days>(wall);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{wall - day};
  return fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      time.hours().count(),
      time.minutes().count(),
      time.seconds().count());
}

LocalTime read_local_time(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t length) { return number(text, at, length); };
  const std::chrono::year_month_day date{
      std::chrono::year{part(0, 4)},
      std::chrono::month{static_cast<unsigned>(part(5, 2))},
      std::chrono::day{static_cast<unsigned>(part(8, 2))}};
  return std::chrono::local_days{date} + std::chrono::hours{part(11, 2)} +
         std::chrono::minutes{part(14, 2)} + seconds{part(17, 2)};
}

}  // namespace kernel
