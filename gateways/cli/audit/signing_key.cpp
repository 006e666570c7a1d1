#include "gateways/cli/audit/signing_key.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "domain/kernel/crypto.hpp"
#include "gateways/cli/data_folder.hpp"

namespace cli {
namespace {

constexpr std::size_t seed_size = 32;

}  // namespace

audit::Key signing_key(
    const std::filesystem::path& path,
    audit::Signer kind,
    const std::string& name,
    const std::string& option) {
  if (!std::filesystem::exists(path)) {
    audit::Key made{kind, name, kernel::random_bytes(seed_size)};
    write_secret(path, made.skey() + '\n');
    return made;
  }
  auto key = audit::Key::parse(read_file(path));
  if (!key || key->kind() != kind)
    throw std::runtime_error(
        fmt::format("{} is no such signing key; restore it from a backup", path.string()));
  if (key->name() != name)
    throw std::runtime_error(fmt::format(
        "{} is the key of {}, not of {}; give {} as it was before, or another folder with --data",
        path.string(),
        key->name(),
        name,
        option));
  return *std::move(key);
}

}  // namespace cli
