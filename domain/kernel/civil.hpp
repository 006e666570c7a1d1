// Civil time: what clocks and calendars on a wall say in some zone, and which instant that is.
//
// The zones are the machine's (package tzdata), which change by law several times a year. So what
// is worked out here is written into facts and never worked out again by a fold. Beyond 2037 the
// machine's tables end, and a zone keeps its standard time.
//
// Concurrency: any thread. The zones are read once, by the first call.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/types.hpp"

namespace kernel {

using schemas::Time;
// A wall's date and time, of no zone in particular.
using LocalTime = std::chrono::local_seconds;

// Whether it is one of the zones known here, by its IANA name, such as Europe/Berlin.
bool is_zone(std::string_view name);

// What the walls of a zone say at an instant; parts of a second are dropped.
LocalTime on_the_wall(Time instant, std::string_view zone);

// When a zone's walls say so. A time that its clocks jump over is the first instant after the jump;
// one that comes twice is its first coming.
Time instant_of(LocalTime wall, std::string_view zone);

// So many days or months later at the same time of day; a day that the month does not have is its
// last.
LocalTime plus_days(LocalTime wall, std::int64_t days);
LocalTime plus_months(LocalTime wall, std::int64_t months);

// "2026-01-31T02:30:00", as facts keep it. What is read back must have been written so.
std::string to_text(LocalTime wall);
LocalTime read_local_time(std::string_view text);

}  // namespace kernel
