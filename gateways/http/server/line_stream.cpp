#include "gateways/http/server/line_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateways/http/text.hpp"

namespace http {

void LineStream::add(std::string_view bytes) {
  if (!ended_) bytes_ += bytes;
}

void LineStream::break_off(std::string text) {
  ended_ = true;
  bytes_.clear();
  const auto number = expect_answer();
  answered(number, std::move(text));
}

std::uint64_t LineStream::expect_answer() {
  answers_.emplace_back();
  return first_ + answers_.size() - 1;
}

void LineStream::hand_over(const std::shared_ptr<Exchange>& client) {
  std::size_t begin = 0;
  while (has_room() && hand_over_one(client, begin)) {
  }
  bytes_.erase(0, begin);
  searched_ = searched_ > begin ? searched_ - begin : 0;
}

bool LineStream::hand_over_one(const std::shared_ptr<Exchange>& client, std::size_t& begin) {
  const auto newline = bytes_.find('\n', std::max(begin, searched_));
  const bool whole = newline != std::string::npos;
  const auto end = whole ? newline : bytes_.size();
  const auto line = std::string_view{bytes_}.substr(begin, end - begin);
  const bool too_long = line.size() > shared_.options.limits.line_bytes;

  searched_ = end;
  if (!skipping_ && !whole && !too_long && (!ended_ || line.empty())) return false;
  begin = whole ? end + 1 : end;
  const bool rest_of_long_line = skipping_;
  skipping_ = !whole && !ended_;
  if (rest_of_long_line) return whole;
  if (too_long)
    lines_->too_long(LineReply{client, expect_answer()});
  else
    hand_over_line(client, line);
  return true;
}

void LineStream::hand_over_line(const std::shared_ptr<Exchange>& client, std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (trim(line).empty()) return;
  try {
    lines_->line(line, LineReply{client, expect_answer()});
  } catch (const std::exception& error) {
    shared_.log(fmt::format("a line of a streamed body failed: {}", error.what()));
  }
}

void LineStream::answered(std::uint64_t number, std::string text) {
  answers_[number - first_] = std::move(text);
}

void LineStream::take(std::string& out) {
  while (!answers_.empty()) {
    const auto& next = answers_.front();
    if (!next) return;
    out.append(*next).append("\n");
    answers_.pop_front();
    ++first_;
  }
}

}  // namespace http
