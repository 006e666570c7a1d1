#include "gateways/cli/roles/process.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

namespace cli {

std::string Process::metrics() const {
  const std::chrono::duration<double> time = std::chrono::system_clock::now().time_since_epoch();
  auto text = fmt::format(
      "# HELP construct_build_info Which version runs.\n"
      "# TYPE construct_build_info gauge\nconstruct_build_info{{version=\"{}\"}} 1\n"
      "# HELP construct_time_seconds What this machine's clock says, since 1970.\n"
      "# TYPE construct_time_seconds gauge\nconstruct_time_seconds {:.6f}\n",
      CONSTRUCT_VERSION,
      time.count());
  struct statvfs disk {};
  if (statvfs(folders.data.c_str(), &disk) == 0)
    text += fmt::format(
        "# HELP construct_disk_free_bytes Free on the disk of the data folder.\n"
        "# TYPE construct_disk_free_bytes gauge\nconstruct_disk_free_bytes {}\n"
        "# HELP construct_disk_size_bytes The whole of that disk.\n"
        "# TYPE construct_disk_size_bytes gauge\nconstruct_disk_size_bytes {}\n",
        disk.f_bavail * disk.f_frsize,
        disk.f_blocks * disk.f_frsize);
  return text;
}

}  // namespace cli
