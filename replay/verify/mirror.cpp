#include "replay/verify/mirror.hpp"

#include <fmt/format.h>

#include <iterator>

#include "domain/fold/store.hpp"

namespace verify {
namespace {

constexpr std::size_t length_size = 4;
constexpr std::uint32_t commit_size_most = 1u << 20;  // the log takes no larger block

}  // namespace

std::string tile_name(std::uint64_t index, std::uint64_t width) {
  auto name = fmt::format("{:03}", index % 1000);
  for (auto rest = index / 1000; rest > 0; rest /= 1000)
    name = fmt::format("x{:03}/{}", rest % 1000, name);
  return width == tile_width ? name : fmt::format("{}.p/{}", name, width);
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file)
    throw Incomplete(fmt::format("{} cannot be read; fetch it and verify again", path.string()));
  return {std::istreambuf_iterator<char>{file}, {}};
}

// Whoever has the full tile need not keep those that it grew from.
std::string Mirror::read_tile(
    const std::string& kind, std::uint64_t index, std::uint64_t width) const {
  const auto at = folder_ / "tile" / kind;
  const auto full = at / tile_name(index, tile_width);
  return read_whole(
      width < tile_width && !std::filesystem::is_regular_file(full) ? at / tile_name(index, width)
                                                                    : full);
}

std::string Mirror::tile(unsigned level, std::uint64_t index, std::uint64_t width) const {
  return read_tile(std::to_string(level), index, width);
}

std::string Mirror::entries(std::uint64_t index, std::uint64_t width) const {
  return read_tile("entries", index, width);
}

std::optional<std::string> CommitFile::next() {
  std::string length(length_size, '\0');
  file_.read(length.data(), std::ssize(length));
  if (file_.gcount() == 0) return std::nullopt;
  const auto size = fold::from_ordered(length);
  const bool whole = file_.gcount() == std::ssize(length) && size <= commit_size_most;
  std::string commit(whole ? size : 0, '\0');
  file_.read(commit.data(), std::ssize(commit));
  if (!whole || file_.gcount() != std::ssize(commit))
    throw NotVerified("the file of commits is cut off or damaged");
  return commit;
}

}  // namespace verify
