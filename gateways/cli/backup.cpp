#include "gateways/cli/backup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <random>

#include "domain/fold/fold.hpp"
#include "domain/kernel/clock.hpp"
#include "domain/kernel/crypto.hpp"
#include "gateways/cli/control.hpp"
#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/log_server.hpp"
#include "gateways/nats/stream.hpp"
#include "schemas/json.hpp"

namespace cli {
namespace {

using nlohmann::json;

constexpr int backup_format = 1;
constexpr std::chrono::seconds patience{10};
constexpr std::uint64_t size_most = 1u << 20;  // of a block; the server takes no larger message

std::string hex(const fold::Digest& digest) { return kernel::to_hex(kernel::text(digest)); }

std::filesystem::path manifest_of(const std::filesystem::path& folder) {
  return folder / "manifest.json";
}
std::filesystem::path blocks_of(const std::filesystem::path& folder) { return folder / "log"; }

// What a chain of blocks comes to.
struct Summary {
  fold::Head head;
  std::uint64_t blocks = 0;
  std::uint64_t lives = 0;  // incarnations so far
  std::string incarnation;
  std::string deployment;

  // Takes a message of the log; false when it is no block of it.
  bool take(const fold::Message& message) {
    fold::BlockView block;
    if (!fold::follow(head, message, block)) return false;
    ++blocks;
    auto number = block.first_commit;
    fold::CommitView commit;
    for (const auto bytes : block.commits) {
      fold::read(number++, bytes, commit);
      head.last_commit_at = commit.at;
      read_life(commit);
    }
    return true;
  }

 private:
  void read_life(const fold::CommitView& commit) {
    if (!fold::begins_life(commit)) return;
    ++lives;
    incarnation = fold::incarnation_of(commit);
    deployment = fold::id_of(commit.facts.front().aggregate);
  }
};

json manifest(const Summary& summary, const std::string& taken_at) {
  return {
      {"format", backup_format},
      {"written_by", CONSTRUCT_VERSION},
      {"taken_at", taken_at},
      {"deployment", summary.deployment},
      {"incarnation", summary.incarnation},
      {"blocks", summary.blocks},
      {"commits", summary.head.next},
      {"last_block_sha256", hex(summary.head.hash)}};
}

// The blocks of a backup, one after the other.
class Blocks {
 public:
  explicit Blocks(const std::filesystem::path& folder)
      : path_{blocks_of(folder)}, file_{path_, std::ios::binary} {
    if (!file_)
      throw std::runtime_error(fmt::format(
          "{} cannot be read; name a folder that `construct backup` made", path_.string()));
  }
  // Empty at the end.
  std::string next() {
    std::string size(sizeof(std::uint64_t), '\0');
    file_.read(size.data(), std::ssize(size));
    if (file_.gcount() == 0) return {};
    const auto bytes = fold::from_ordered(size);
    std::string block(file_.gcount() == std::ssize(size) && bytes <= size_most ? bytes : 0, '\0');
    file_.read(block.data(), std::ssize(block));
    if (block.empty() || file_.gcount() != std::ssize(block))
      throw std::runtime_error(
          fmt::format("{} is cut off or damaged; use another backup", path_.string()));
    return block;
  }

 private:
  std::filesystem::path path_;
  std::ifstream file_;
};

json read_manifest(const std::filesystem::path& folder) {
  std::ifstream file{manifest_of(folder)};
  auto read = json::parse(file, nullptr, false);
  if (!read.is_object() || !read.contains("format"))
    throw std::runtime_error(fmt::format(
        "{} is no backup, or one that was not finished: it has no manifest.json; use another one",
        folder.string()));
  if (read["format"] != backup_format)
    throw std::runtime_error(fmt::format(
        "the backup is of a format that this build does not know; construct {} wrote it, restore "
        "it with that version or a newer one",
        read.value("written_by", "?")));
  return read;
}

// Reads a backup from its beginning to its end; throws unless it is what its manifest says.
Summary verify(const std::filesystem::path& folder) {
  const auto wanted = read_manifest(folder);
  Blocks blocks{folder};
  Summary summary;
  for (std::uint64_t at = 1;; ++at) {
    const fold::Message message{at, blocks.next()};
    if (message.data.empty()) break;
    if (!summary.take(message))
      throw std::runtime_error(fmt::format(
          "block {} of {} does not follow the one before; use another backup",
          at,
          blocks_of(folder).string()));
  }
  if (wanted["last_block_sha256"] != hex(summary.head.hash) ||
      summary.head.next != wanted["commits"])
    throw std::runtime_error(fmt::format(
        "{} is not what its manifest says; use another backup", blocks_of(folder).string()));
  return summary;
}

void make_empty(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_empty(folder))
    throw std::runtime_error(fmt::format(
        "{} is not a folder that is empty and can be written; give another one", folder.string()));
}

void copy_keys(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::create_directories(to);
  for (const auto& entry : std::filesystem::directory_iterator{from})
    write_secret(to / entry.path().filename(), read_file(entry.path()));
}

}  // namespace

int back_up(const Config& config, const std::filesystem::path& to) {
  Operator operates{config};
  make_empty(to);
  nats::Stream log{operates.connection(), [](const std::string&) {}};
  const auto taken_at = schemas::format_time(kernel::SystemClock{}.now());
  const auto end = log.end();
  if (!end) throw std::runtime_error("the log does not answer; see whether nats-server runs");

  Summary summary;
  {
    std::ofstream file{blocks_of(to), std::ios::binary};
    fold::read_through(log, *end, patience, [&](const std::vector<fold::Message>& messages) {
      for (const auto& message : messages)
        if (summary.take(message)) file << fold::ordered(message.data.size()) << message.data;
    });
    if (!file.flush())
      throw std::runtime_error("cannot write " + blocks_of(to).string() + "; check the disk");
  }
  sync(blocks_of(to));
  copy_keys(Folders{config.data}.keys(), to / "keys");
  write_secret(manifest_of(to), manifest(summary, taken_at).dump(2) + '\n');
  sync(to);
  const auto read_back = verify(to);
  fmt::print(
      "{} holds {} commits in {} blocks, verified; the last block's SHA-256 is {}\n"
      "It holds the deployment's keys: keep it where only those may read it who may read them.\n",
      to.string(),
      read_back.head.next,
      read_back.blocks,
      hex(read_back.head.hash));
  return 0;
}

namespace {

class Restoring {
 public:
  Restoring(const Config& config, const std::filesystem::path& from)
      : from_{from},
        wanted_{verify(from)},
        folders_{std::filesystem::absolute(config.data)},
        cluster_{config.cluster} {}

  int run(const std::filesystem::path& program) {
    const DataFolder data{folders_};
    if (!std::filesystem::is_empty(folders_.log()) ||
        !std::filesystem::is_empty(folders_.data / "folds"))
      throw std::runtime_error(fmt::format(
          "the data folder {} is in use already; give an empty one with --data",
          folders_.data.string()));
    copy_keys(from_ / "keys", folders_.keys());
    const Console console{"restore", false};
    Supervisor supervisor{console};
    const LogServer server{program, cluster_, folders_, console, supervisor};
    nats::Connection connection{{server.addresses().at("engine")}, "construct restore"};
    nats::Stream log{connection, [&](const std::string& text) { console.say(text, Level::alarm); }};
    Blocks blocks{from_};
    while (true) {
      const auto block = blocks.next();
      if (block.empty()) break;
      append(log, block);
    }
    append(log, beginning());
    check(log);
    std::filesystem::remove(folders_.operator_address());
    std::filesystem::remove(folders_.replay_address());
    fmt::print(
        "{} holds {} commits, verified, as incarnation {}. Start it with `construct up --data "
        "{}{}`; flows and effects wait until you run `construct resume`.\n",
        folders_.data.string(),
        head_.next,
        incarnation_,
        folders_.data.string(),
        cluster_ == 1 ? "" : fmt::format(" --cluster {}", cluster_));
    return 0;
  }

 private:
  void append(nats::Stream& log, const std::string& block) {
    auto promise = std::make_shared<std::promise<fold::Published>>();
    auto stored = promise->get_future();
    log.publish(
        block, head_.sequence, [promise](fold::Published outcome) { promise->set_value(outcome); });
    if (stored.wait_for(patience) != std::future_status::ready ||
        stored.get() != fold::Published::stored ||
        !fold::follow(head_, {head_.sequence + 1, block}))
      throw std::runtime_error(fmt::format(
          "the log did not take block {}; delete {}, see its run/nats-server*.log, and "
          "restore again",
          head_.sequence + 1,
          folders_.data.string()));
  }

  // The block that tells of the restoring. Its epoch is a new one, as whenever another writes.
  std::string beginning() {
    construct::LogRestored restored;
    restored.incarnation = incarnation_;
    restored.last_commit_at = wanted_.head.last_commit_at;
    construct::Commit commit;
    commit.command = fold::restore_command;
    const auto id = fold::sha256(incarnation_);
    commit.command_id.data.assign(id.begin(), id.begin() + 16);
    commit.actor = "operator";
    commit.at = std::max(
        kernel::SystemClock{}.now(), wanted_.head.last_commit_at + std::chrono::microseconds{1});
    auto& fact = commit.facts.emplace_back();
    fact.aggregate = "construct/Log/" + wanted_.deployment;
    fact.version = wanted_.lives + 1;
    fact.type = construct::LogRestored::type_name;
    fact.data.data = encode(restored);
    construct::StoredCommit stored;
    stored.bytes.data = encode(commit);
    return fold::make_block(head_, head_.epoch + 1, {std::move(stored)});
  }

  // Reads back what the log holds now.
  void check(nats::Stream& log) {
    Summary summary;
    fold::read_through(
        log, head_.sequence, patience, [&](const std::vector<fold::Message>& messages) {
          for (const auto& message : messages)
            if (!summary.take(message))
              throw std::runtime_error(fmt::format(
                  "message {} of the restored log is not what was written; check the disk",
                  message.sequence));
        });
    if (summary.head.hash != head_.hash || summary.incarnation != incarnation_)
      throw std::runtime_error("the restored log is not what was written; check the disk");
  }

  std::filesystem::path from_;
  Summary wanted_;
  Folders folders_;
  unsigned cluster_;
  fold::Head head_;
  std::string incarnation_ = fmt::format("{:08x}", std::random_device{}());
};

}  // namespace

int restore(const Config& config, const std::filesystem::path& from) {
  return Restoring{config, from}.run(find_nats_server(config));
}

}  // namespace cli
