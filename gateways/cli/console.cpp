#include "gateways/cli/console.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "schemas/json.hpp"

namespace cli {

void Console::say(std::string_view sentence, Level level) const {
  const auto now = std::chrono::system_clock::now();
  std::string line;
  if (json_) {
    line = fmt::format(
        "{{\"time\":\"{}\",\"process\":\"{}\",\"level\":\"{}\",\"message\":",
        schemas::format_time(std::chrono::time_point_cast<std::chrono::microseconds>(now)),
        who_,
        level == Level::alarm ? "alarm" : "info");
    schemas::write_text(line, sentence);
    line += "}\n";
  } else {
    const auto mark = level == Level::alarm ? "! " : "";
    line = fmt::format(
        "{:%H:%M:%S} {:<14} {}{}\n",
        fmt::localtime(std::chrono::system_clock::to_time_t(now)),
        who_,
        mark,
        sentence);
  }
  // One write, so that lines of several processes do not mix.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace cli
