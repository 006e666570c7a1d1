#include "gateways/cli/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "domain/kernel/crypto.hpp"

namespace cli {
namespace {

constexpr std::uint64_t free_bytes_needed = 64u << 20;
constexpr std::size_t key_size = 32;

}  // namespace

DataFolder::DataFolder(const Folders& folders) {
  const auto& data = folders.data;
  std::error_code error;
  for (const auto& folder :
       {folders.log(), folders.data / "folds", folders.run(), folders.digest_key().parent_path()})
    std::filesystem::create_directories(folder, error);
  lock_ = ::open(folders.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (error || lock_ < 0)
    throw std::runtime_error(fmt::format(
        "the data folder {} cannot be written ({}); give another one with --data, or its rights "
        "to this user",
        data.string(),
        error ? error.message() : std::strerror(errno)));
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0)
    throw std::runtime_error(fmt::format(
        "another construct runs on the data folder {}; stop it, or give another folder with --data",
        data.string()));
  struct statvfs disk {};
  if (statvfs(data.c_str(), &disk) == 0 && disk.f_bavail * disk.f_frsize < free_bytes_needed)
    throw std::runtime_error(fmt::format(
        "the disk of {} is full ({} MiB free, 64 are needed to start); make room, or give a folder "
        "on another disk with --data",
        data.string(),
        disk.f_bavail * disk.f_frsize >> 20));
}

DataFolder::~DataFolder() { ::close(lock_); }

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void make_key(const std::filesystem::path& path) {
  if (std::filesystem::exists(path)) return;
  write_secret(path, kernel::random_bytes(key_size));
}

void sync(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!synced) throw std::runtime_error("cannot write " + path.string() + "; check the disk");
}

void write_secret(const std::filesystem::path& path, std::string_view content) {
  const auto made = path.string() + ".new";
  const int fd = ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = fd >= 0 &&
                       ::write(fd, content.data(), content.size()) == std::ssize(content) &&
                       ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!written) throw std::runtime_error("cannot write " + made + "; check the disk");
  std::filesystem::rename(made, path);
  sync(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace cli
