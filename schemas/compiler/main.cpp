// The schema compiler: `schema_compiler OUT a.bfbs b.bfbs …` writes OUT/<context>.{hpp,cpp} for
// each and OUT/platform.cpp for all. A file's name is its context's name.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "schemas/compiler/emit.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream bytes;
  if (!(bytes << file.rdbuf())) throw std::runtime_error(path.string() + " cannot be read");
  return bytes.str();
}

// Leaves a file alone that would not change, so that nothing is rebuilt for it.
void write(const fs::path& path, const std::string& text) {
  if (fs::exists(path) && read(path) == text) return;
  std::ofstream file{path, std::ios::binary};
  if (!(file << text)) throw std::runtime_error(path.string() + " cannot be written");
}

void compile(const fs::path& out, const std::vector<fs::path>& inputs) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& input : inputs) files.emplace_back(input.stem().string(), read(input));
  std::vector<std::string_view> binary_schemas;
  for (const auto& [context, bytes] : files) binary_schemas.push_back(bytes);
  const schemas::Schema schema{binary_schemas};
  for (const auto& [context, bytes] : files) {
    write(out / (context + ".hpp"), schemas::compiler::emit_header(schema, context));
    write(out / (context + ".cpp"), schemas::compiler::emit_source(schema, context));
  }
  write(out / "platform.cpp", schemas::compiler::emit_platform(files));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: schema_compiler OUT FILE.bfbs...\n";
    return 2;
  }
  try {
    compile(argv[1], {argv + 2, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "schema_compiler: " << error.what() << '\n';
    return 1;
  }
}
