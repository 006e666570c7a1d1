// When periods begin, against the calendar as people know it and a model that shares nothing with
// the code: the C library's zones, and a calendar that counts.
#include <ctime>

#include "tests/simulation/random.hpp"
#include "tests/subscription/values.hpp"
#include "tests/support/seed.hpp"

using namespace subscription;
using kernel::read_local_time;

namespace {

Cycle cycle(std::string_view anchor, Interval interval = Interval::month, int count = 1) {
  return {read_local_time(anchor), interval, count};
}

// The starts of periods 1 to n.
std::vector<Time> starts(const Cycle& cycle, int n, std::string_view zone) {
  std::vector<Time> starts;
  for (int index = 1; index <= n; ++index) starts.push_back(start_of(cycle, index, zone));
  return starts;
}

// ---- The model ----

struct Civil {
  int year, month, day, second;  // of the day
  auto operator<=>(const Civil&) const = default;
};

int days_in(int year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

Civil tomorrow(Civil date) {
  if (++date.day > days_in(date.year, date.month)) {
    date.day = 1;
    if (++date.month > 12) {
      date.month = 1;
      ++date.year;
    }
  }
  return date;
}

Civil later(Civil date, Interval interval, std::int64_t count) {
  if (interval == Interval::week) count *= 7;
  if (interval == Interval::day || interval == Interval::week) {
    for (; count > 0; --count) date = tomorrow(date);
    return date;
  }
  if (interval == Interval::year) count *= 12;
  for (; count > 0; --count)
    if (++date.month > 12) {
      date.month = 1;
      ++date.year;
    }
  date.day = std::min(date.day, days_in(date.year, date.month));
  return date;
}

class Walls {
 public:
  explicit Walls(const std::string& zone) {
    setenv("TZ", (":" + zone).c_str(), 1);
    tzset();
  }
  ~Walls() {
    unsetenv("TZ");
    tzset();
  }
  Walls(const Walls&) = delete;
  Walls& operator=(const Walls&) = delete;

  Civil at(std::time_t instant) const {
    std::tm tm{};
    localtime_r(&instant, &tm);
    return {
        tm.tm_year + 1900,
        tm.tm_mon + 1,
        tm.tm_mday,
        tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec};
  }

  // The first instant at which the walls say so, or else have jumped over it. Clocks are moved on
  // the minute.
  std::time_t first(const Civil& wall) const {
    std::tm tm{};
    tm.tm_year = wall.year - 1900;
    tm.tm_mon = wall.month - 1;
    tm.tm_mday = wall.day;
    tm.tm_sec = wall.second;
    const auto utc = timegm(&tm);
    // Offsets are quarters of an hour and within 15 hours; a day may be skipped.
    std::time_t jumped = 0;
    for (auto instant = utc - 15 * 3600; instant <= utc + 39 * 3600; instant += 900) {
      const auto shown = at(instant);
      if (shown == wall) return instant;
      if (jumped == 0 && shown > wall) jumped = instant;
    }
    for (auto instant = jumped - 900 - jumped % 60;; instant += 60)
      if (at(instant) > wall) return instant;
  }
};

const std::vector<std::string> zones{
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Pacific/Kiritimati",
    "Asia/Gaza",
    "America/Santiago",
    "UTC",
    "Pacific/Apia",
    "Europe/Dublin",
    "Asia/Tehran",
    "Antarctica/Troll"};

}  // namespace

TEST_SUITE("subscription: periods") {
  TEST_CASE("what begins on the 31st goes on at the end of shorter months, and on the 31st again") {
    const auto anchor = cycle("2026-01-31T10:00:00");
    CHECK(
        starts(anchor, 4, "UTC") == std::vector{
                                        at("2026-02-28T10:00:00"),
                                        at("2026-03-31T10:00:00"),
                                        at("2026-04-30T10:00:00"),
                                        at("2026-05-31T10:00:00")});
    CHECK(start_of(anchor, 25, "UTC") == at("2028-02-29T10:00:00"));
  }
  TEST_CASE("what begins on a leap day comes back on it when there is one") {
    const auto anchor = cycle("2024-02-29T00:00:00", Interval::year);
    CHECK(
        starts(anchor, 4, "UTC") == std::vector{
                                        at("2025-02-28T00:00:00"),
                                        at("2026-02-28T00:00:00"),
                                        at("2027-02-28T00:00:00"),
                                        at("2028-02-29T00:00:00")});
  }
  TEST_CASE("the time of day is that of the zone's walls, in summer and in winter") {
    CHECK(
        starts(cycle("2026-03-01T12:00:00"), 2, "Europe/Berlin") ==
        std::vector{at("2026-04-01T10:00:00"), at("2026-05-01T10:00:00")});
  }
  TEST_CASE("a time that the clocks jump over is the first one after it, and only that day") {
    // 02:00 becomes 03:00 on the 29th of March.
    CHECK(
        starts(cycle("2026-03-27T02:30:00", Interval::day), 3, "Europe/Berlin") ==
        std::vector{
            at("2026-03-28T01:30:00"), at("2026-03-29T01:00:00"), at("2026-03-30T00:30:00")});
  }
  TEST_CASE("a time that comes twice is its first coming") {
    // 03:00 becomes 02:00 on the 25th of October.
    CHECK(
        starts(cycle("2026-10-24T02:30:00", Interval::day), 2, "Europe/Berlin") ==
        std::vector{at("2026-10-25T00:30:00"), at("2026-10-26T01:30:00")});
  }
  TEST_CASE("midnights that do not exist, halves of an hour, and a day that was left out") {
    // Chile's clocks jump from 00:00 to 01:00.
    CHECK(
        start_of(cycle("2026-08-06T00:00:00"), 1, "America/Santiago") == at("2026-09-06T04:00:00"));
    CHECK(
        start_of(cycle("2026-09-04T02:15:00"), 1, "Australia/Lord_Howe") ==
        at("2026-10-03T15:30:00"));
    CHECK(start_of(cycle("2011-11-30T12:00:00"), 1, "Pacific/Apia") == at("2011-12-30T10:00:00"));
  }
  TEST_CASE("names that are no zones are known as such") {
    for (const auto* zone : {"Europe/Berlin", "UTC", "Asia/Calcutta", "America/Indiana/Knox"})
      CHECK(kernel::is_zone(zone));
    for (const auto* none :
         {"",
          "Europe",
          "Europe/Nowhere",
          "europe/berlin",
          "localtime",
          "posix/UTC",
          "right/UTC",
          "../UTC",
          "UTC ",
          "/usr/share/zoneinfo/UTC"})
      CHECK_FALSE(kernel::is_zone(none));
  }
  TEST_CASE("a local time is kept as text, and nothing else is one") {
    CHECK(kernel::to_text(read_local_time("2026-01-31T02:30:59")) == "2026-01-31T02:30:59");
    for (const auto* none : {"", "2026-01-31", "2026-xx-31T02:30:00", "2026-01-31T02:30:"})
      CHECK_THROWS_AS(read_local_time(none), schemas::Corrupt);
  }

  TEST_CASE("random anchors, zones and intervals: as the model says, and never backwards") {
    simulation::Random random{support::seed()};
    for (int run = 0; run < 300; ++run) {
      const auto& zone = random.pick(zones);
      const Walls walls{zone};
      const std::time_t earliest = 1'325'376'000, latest = 1'830'297'600;  // 2012 to 2027
      // Half of them in the hours in which clocks are moved.
      auto anchor = walls.at(random.between(earliest, latest));
      if (random.one_in(2)) anchor.second = static_cast<int>(random.between(0, 12)) * 900;
      const Cycle made{
          read_local_time(kernel::to_text(
              std::chrono::local_days{std::chrono::year{anchor.year} / anchor.month / anchor.day} +
              std::chrono::seconds{anchor.second})),
          static_cast<Interval>(random.below(4)),
          random.between(1, 3)};
      const int periods = made.interval == Interval::year ? 3 : 30;
      Time before{};
      for (int index = 1; index <= periods; ++index) {
        const auto wall = later(anchor, made.interval, index * made.interval_count);
        const auto start = start_of(made, index, zone);
        INFO(
            zone,
            " from ",
            kernel::to_text(made.anchor),
            ", ",
            made.interval_count,
            " times ",
            name_of(made.interval),
            ", period ",
            index);
        CHECK(
            std::chrono::floor<std::chrono::seconds>(start).time_since_epoch().count() ==
            walls.first(wall));
        CHECK(start > before);
        before = start;
      }
    }
  }
}
