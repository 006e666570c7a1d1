// A backup: the log's blocks and the keys that it rests on. Everything else is made of them again.
//
//   DIR/manifest.json   what is in it, and the SHA-256 of the last block, written last of all
//   DIR/log             for each block its size (8 bytes, big-endian) and its bytes, as they are
//   DIR/keys/           the deployment's secrets; keep the folder as you keep them
//
// Since each block names the one before, the manifest's hash stands for the whole log.
#pragma once

#include "gateways/cli/config.hpp"

namespace cli {

// Copies the log as it is now, while everything runs, and reads the copy back to verify it. Throws
// std::runtime_error with a sentence.
int back_up(const Config& config, const std::filesystem::path& to);

// Makes a data folder out of a backup: a new incarnation of the log.
int restore(const Config& config, const std::filesystem::path& from);

}  // namespace cli
