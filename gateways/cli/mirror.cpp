#include "gateways/cli/mirror.hpp"

#include <fmt/format.h>

#include <fstream>
#include <future>
#include <optional>

#include "domain/fold/store.hpp"
#include "gateways/cli/config.hpp"
#include "gateways/outbound/http_client.hpp"
#include "replay/verify/mirror.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;
using verify::tile_width;

constexpr std::chrono::seconds patience{30};
constexpr int commits_at_once = 500;

class Site {
 public:
  explicit Site(const std::string& url) : url_{url} {
    const auto base = outbound::parse_url(url);
    if (!base)
      throw UsageError(
          fmt::format("{} is no address; give one such as http://127.0.0.1:8080", url));
    client_.emplace(
        loop_,
        outbound::HttpClient::Options{.base = *base, .time_out = patience, .connections = 1});
  }
  std::string get(const std::string& path) {
    std::promise<std::optional<outbound::HttpAnswer>> promise;
    client_->ask({.method = "GET", .path = path}, [&](auto answer) {
      promise.set_value(std::move(answer));
    });
    const auto answer = promise.get_future().get();
    if (!answer)
      throw std::runtime_error(fmt::format("{} does not answer; see whether it runs", url_));
    if (answer->status != 200)
      throw std::runtime_error(
          fmt::format("{}{} answers {}: {}", url_, path, answer->status, answer->body));
    return answer->body;
  }

 private:
  std::string url_;
  outbound::Loop loop_{"mirror"};
  std::optional<outbound::HttpClient> client_;
};

void write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  const auto made = path.string() + ".new";
  std::ofstream file{made, std::ios::binary};
  file << bytes;
  file.close();
  if (!file) throw std::runtime_error(fmt::format("{} cannot be written; check the disk", made));
  fs::rename(made, path);
}

class Mirroring {
 public:
  Mirroring(const std::string& url, fs::path folder) : site_{url}, folder_{std::move(folder)} {}

  int run() {
    const auto note = site_.get("/checkpoint");
    const auto now = verify::checkpoint_in(note);
    fetch_tiles("entries", now.size);
    for (unsigned level = 0; level < 8 && now.size >> 8 * level != 0; ++level)
      fetch_tiles(std::to_string(level), now.size >> 8 * level);
    const auto commits = fetch_commits(now.size);
    keep_checkpoint(note);
    fmt::print(
        "{} holds {} commits of {}: {} files and {} commits were fetched. Nothing of it is "
        "believed yet: `construct verify log {} --policy FILE` checks it.\n",
        folder_.string(),
        now.size,
        now.origin,
        files_,
        commits,
        folder_.string());
    return 0;
  }

 private:
  // Of one level, which has so many hashes.
  void fetch_tiles(const std::string& kind, std::uint64_t count) {
    for (std::uint64_t index = 0; index * tile_width < count; ++index) {
      const auto name = fmt::format(
          "tile/{}/{}",
          kind,
          verify::tile_name(index, std::min(tile_width, count - index * tile_width)));
      if (fs::is_regular_file(folder_ / name)) continue;
      write(folder_ / name, site_.get('/' + name));
      ++files_;
    }
  }

  // Returns how many came.
  std::uint64_t fetch_commits(std::uint64_t size) {
    const auto path = folder_ / "commits";
    const auto there = whole_commits(path);
    auto count = there;
    std::ofstream file{path, std::ios::binary | std::ios::app};
    while (count < size) {
      const auto page = site_.get(fmt::format("/commits?from={}&limit={}", count, commits_at_once));
      write_page(file, page, count, size);
    }
    if (!file.flush())
      throw std::runtime_error(fmt::format("{} cannot be written; check the disk", path.string()));
    return count - there;
  }

  // The log may have grown meanwhile: no further than the checkpoint.
  static void write_page(
      std::ofstream& file, std::string_view page, std::uint64_t& count, std::uint64_t size) {
    constexpr std::size_t length_size = 4;
    const auto before = count;
    while (page.size() >= length_size && count < size) {
      const auto length = length_size + fold::from_ordered(page.substr(0, length_size));
      if (page.size() < length) break;
      file << page.substr(0, length);
      page.remove_prefix(length);
      ++count;
    }
    if (count == before)
      throw std::runtime_error(
          fmt::format("commit {} cannot be fetched; ask whoever runs the log", count));
  }

  // How many an earlier run has left; what it left unfinished is cut off.
  static std::uint64_t whole_commits(const fs::path& path) {
    if (!fs::exists(path)) return 0;
    std::uint64_t count = 0, size = 0;
    try {
      verify::CommitFile file{path};
      for (; const auto commit = file.next(); ++count) size += 4 + commit->size();
    } catch (const verify::NotVerified&) {
      fs::resize_file(path, size);
    }
    return count;
  }

  void keep_checkpoint(const std::string& note) {
    const auto path = folder_ / "checkpoint";
    if (fs::exists(path)) {
      const auto before = verify::read_whole(path);
      if (before == note) return;
      const auto size = verify::checkpoint_in(before).size;
      fs::rename(path, folder_ / fmt::format("checkpoint-{}", size));
    }
    write(path, note);
  }

  Site site_;
  fs::path folder_;
  std::uint64_t files_ = 0;
};

}  // namespace

int mirror(const std::string& url, const std::filesystem::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw std::runtime_error(fmt::format(
        "{} cannot be made ({}); name another folder", folder.string(), error.message()));
  return Mirroring{url, folder}.run();
}

}  // namespace cli
