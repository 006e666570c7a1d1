#include "gateways/cli/roles/generations.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace cli {
namespace {

// "folds/orders-4.2" -> 2
std::optional<int> number_of(const std::filesystem::path& folder) {
  const auto name = folder.filename().string();
  const auto digits = name.substr(name.rfind('.') + 1);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<int> led_to(const std::filesystem::path& link) {
  if (!std::filesystem::is_symlink(link)) return std::nullopt;
  return number_of(std::filesystem::read_symlink(link));
}

void lead(const std::filesystem::path& link, const std::filesystem::path& folder) {
  const auto made = link.string() + ".new";
  std::filesystem::remove(made);
  std::filesystem::create_directory_symlink(folder.filename(), made);
  std::filesystem::rename(made, link);
}

}  // namespace

Generations::Generations(std::filesystem::path link) : link_{std::move(link)} {
  const auto live = led_to(link_);
  live_ = live.value_or(1);
  previous_ = led_to(previous_link());
  if (previous_ == live_) previous_.reset();
  if (!live) {
    std::filesystem::create_directories(folder(live_));
    lead(link_, folder(live_));
  }
  const auto begins = link_.filename().string() + '.';
  for (const auto& entry : std::filesystem::directory_iterator{link_.parent_path()}) {
    if (entry.is_symlink() || !entry.path().filename().string().starts_with(begins)) continue;
    const auto number = number_of(entry.path());
    if (!number || *number == live_ || number == previous_) continue;
    if (*number > std::max(live_, previous_.value_or(0)))
      next_ = number;
    else
      std::filesystem::remove_all(entry.path());  // given up, but for this
  }
}

std::vector<int> Generations::all() const {
  std::vector<int> numbers{live_};
  if (previous_) numbers.push_back(*previous_);
  if (next_) numbers.push_back(*next_);
  return numbers;
}

std::filesystem::path Generations::folder(int generation) const {
  return link_.string() + '.' + std::to_string(generation);
}

std::filesystem::path Generations::previous_link() const { return link_.string() + ".previous"; }

int Generations::begin_next() {
  next_ = std::max(live_, previous_.value_or(0)) + 1;
  if (const auto given_up = std::exchange(previous_, std::nullopt)) {
    std::filesystem::remove(previous_link());
    std::filesystem::remove_all(folder(*given_up));
  }
  std::filesystem::create_directories(folder(*next_));
  return *next_;
}

// What was live is kept whenever this is cut off.
void Generations::switch_to_next() {
  previous_ = std::exchange(live_, *std::exchange(next_, std::nullopt));
  lead(previous_link(), folder(*previous_));
  lead(link_, folder(live_));
}

// Cut off, it leaves the newer one as if it were still being built.
void Generations::roll_back() {
  std::swap(live_, *previous_);
  lead(link_, folder(live_));
  lead(previous_link(), folder(*previous_));
}

}  // namespace cli
