// A file system of its own, of so many bytes, on a folder; in memory. Mounting needs root, so ask
// whether it is there.
#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace support {

class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, std::size_t bytes) : folder_{std::move(folder)} {
    std::filesystem::create_directories(folder_);
    const auto size = "size=" + std::to_string(bytes);
    mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }

  // Takes all that is free, so that nobody else can write.
  void fill() const {
    std::ofstream ballast{ballast_path(), std::ios::binary | std::ios::app};
    const std::string page(page_size, 'x');
    while (ballast.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
  void make_room() const { std::filesystem::remove(ballast_path()); }

  void make_read_only() const { remount(MS_RDONLY); }

 private:
  static constexpr std::size_t page_size = 4096;

  std::filesystem::path ballast_path() const { return folder_ / "ballast"; }
  void remount(unsigned long flags) const {
    if (mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | flags, nullptr) != 0)
      throw std::runtime_error("cannot remount " + folder_.string());
  }

  std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace support
