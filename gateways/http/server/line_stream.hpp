// The lines of one streamed body and their answers, in order.
//
// Limits: a line's bytes, and the lines that are handed over but whose answers are not yet taken.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateways/http/server/shared.hpp"

namespace http {

class LineStream {
 public:
  LineStream(std::unique_ptr<Lines> lines, const Shared& shared)
      : lines_{std::move(lines)}, shared_{shared} {}

  // Adds bytes of the body; hand_over() then cuts them into lines.
  void add(std::string_view bytes);
  // The body is over: what is left is the last line.
  void end() { ended_ = true; }
  // The body broke off. What was handed over is still answered, and this is the last answer.
  void break_off(std::string text);

  // Hands over every whole line that the window has room for. Blank lines are passed over.
  void hand_over(const std::shared_ptr<Exchange>& client);
  bool has_room() const { return answers_.size() < shared_.options.limits.lines_in_flight; }
  std::size_t buffered() const { return bytes_.size(); }

  void answered(std::uint64_t number, std::string text);
  // Moves the answers that are due to `out`, a newline after each.
  void take(std::string& out);
  bool complete() const { return ended_ && bytes_.empty() && answers_.empty(); }

 private:
  bool hand_over_one(const std::shared_ptr<Exchange>& client, std::size_t& begin);
  void hand_over_line(const std::shared_ptr<Exchange>& client, std::string_view line);
  std::uint64_t expect_answer();

  std::unique_ptr<Lines> lines_;
  const Shared& shared_;
  std::string bytes_;         // not yet handed over
  std::size_t searched_ = 0;  // of bytes_: there is no newline before
  bool skipping_ = false;     // within a line that was too long
  bool ended_ = false;
  std::uint64_t first_ = 0;  // the number of the line that answers_ begins with
  std::deque<std::optional<std::string>> answers_;
};

}  // namespace http
