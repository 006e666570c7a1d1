#include "replay/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "replay/moment.hpp"

namespace replay {
namespace {

// A new name is durable once its folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace

void Output::flush() {
  for (std::string_view rest = buffer_; !rest.empty();) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) throw NobodyReads{};
    if (written < 0)
      throw std::runtime_error(
          fmt::format("cannot write {}: {}; make room, and begin again", name_, strerror(errno)));
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

NewFile::NewFile(std::filesystem::path path)
    : path_{std::move(path)}, partial_{path_.string() + ".partial"} {
  if (std::filesystem::exists(path_))
    throw Refused(fmt::format(
        "{} is there already; remove it, or give another name with --out", path_.string()));
  file_ = ::open(partial_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0)
    throw Refused(fmt::format(
        "{} cannot be written ({}); give a file in a folder that can, with --out",
        partial_.string(),
        strerror(errno)));
}

NewFile::~NewFile() {
  ::close(file_);
  std::error_code ignored;
  if (!kept_) std::filesystem::remove(partial_, ignored);
}

void NewFile::keep() {
  if (::fsync(file_) != 0)
    throw std::runtime_error(fmt::format(
        "cannot write {}: {}; make room, and begin again", path_.string(), strerror(errno)));
  std::filesystem::rename(partial_, path_);
  kept_ = true;
  sync_folder(std::filesystem::absolute(path_).parent_path());
}

}  // namespace replay
