#include "gateways/cli/audit/signed_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace cli {
namespace {

constexpr std::size_t tail_size = 4096;  // far more than one of them has
constexpr std::string_view before_signature = "\n\n\u2014 ";
constexpr int body_lines = 3;

// What stands before `end`.
std::string tail_of(const std::filesystem::path& path, std::uintmax_t end) {
  std::ifstream file{path, std::ios::binary};
  std::string tail(std::min<std::uintmax_t>(end, tail_size), '\0');
  file.seekg(static_cast<std::streamoff>(end) - std::ssize(tail));
  file.read(tail.data(), std::ssize(tail));
  if (!file && !tail.empty())
    throw std::runtime_error(fmt::format("{} cannot be read; check the disk", path.string()));
  return tail;
}

struct Found {
  std::string note;
  std::size_t end = 0;  // behind it and its empty line
};

// The last that is whole.
Found last_in(const std::string& tail) {
  auto at = tail.rfind(before_signature);
  while (at != std::string::npos) {
    if (const auto end = tail.find("\n\n", at + before_signature.size());
        end != std::string::npos) {
      auto begin = at;
      for (int line = 0; line < body_lines && begin != std::string::npos && begin > 0; ++line)
        begin = tail.rfind('\n', begin - 1);
      begin = begin == std::string::npos ? 0 : begin + 1;
      return {tail.substr(begin, end + 1 - begin), end + 2};
    }
    at = at == 0 ? std::string::npos : tail.rfind(before_signature, at - 1);
  }
  return {};
}

[[noreturn]] void cannot_write(const std::filesystem::path& path) {
  throw std::runtime_error(fmt::format(
      "{} cannot be written ({}); check the disk", path.string(), std::strerror(errno)));
}

}  // namespace

SignedLog::SignedLog(std::filesystem::path path)
    : path_{std::move(path)},
      file_{::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)} {}

SignedLog::SignedLog(std::filesystem::path path, const audit::Key& key)
    : SignedLog{std::move(path)} {
  if (file_ < 0) cannot_write(path_);
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0)
    throw std::runtime_error(fmt::format(
        "another process signs for this log into {}; stop one of them", path_.string()));
  const auto size = std::filesystem::file_size(path_);
  const auto tail = tail_of(path_, size);
  auto found = last_in(tail);
  const auto unfinished = tail.size() - found.end;
  if (unfinished > 0 && ::ftruncate(file_, static_cast<off_t>(size - unfinished)) != 0)
    cannot_write(path_);
  if (found.note.empty()) return;
  const auto read = audit::read_checkpoint(found.note);
  if (!read || read->origin != key.name() || !key.signed_by(found.note))
    throw std::runtime_error(fmt::format(
        "the last checkpoint in {} is not one that this log's key has signed; restore the file "
        "from a copy, and find out who changed it",
        path_.string()));
  last_ = *read;
  last_note_ = std::move(found.note);
}

SignedLog::~SignedLog() {
  if (file_ >= 0) ::close(file_);
}

void SignedLog::append(const audit::Checkpoint& checkpoint, const std::string& note) {
  const auto record = note + '\n';
  if (::write(file_, record.data(), record.size()) != std::ssize(record) || ::fdatasync(file_) != 0)
    cannot_write(path_);
  last_ = checkpoint;
  last_note_ = note;
}

void SignedLog::read(const std::function<void(const std::string&)>& use) const {
  std::ifstream file{path_, std::ios::binary};
  std::string note;
  int lines = 0;
  for (std::string line; std::getline(file, line);) {
    note.append(line).append("\n");
    if (++lines < body_lines + 3) continue;  // and an empty line, the signature, an empty line
    note.pop_back();
    use(note);
    note.clear();
    lines = 0;
  }
}

std::optional<audit::Checkpoint> find_signed(
    const std::filesystem::path& path, std::uint64_t commits) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  if (none) return std::nullopt;
  const auto last_before = [&](std::uintmax_t end) {
    return audit::read_checkpoint(last_in(tail_of(path, end)).note);
  };
  auto found = last_before(size);
  // Checkpoints grow, so there is a place before which none covers the commits, and behind which
  // one does.
  std::uintmax_t low = 0, high = size;
  while (found && found->size >= commits && high - low > 1) {
    const auto middle = low + (high - low) / 2;
    if (auto there = last_before(middle); there && there->size >= commits) {
      found = std::move(there);
      high = middle;
    } else {
      low = middle;
    }
  }
  return found;
}

}  // namespace cli
