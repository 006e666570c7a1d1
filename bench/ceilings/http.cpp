// ceiling_http PORT STATUS BODY: bare Beast, which answers every request at once. What no HTTP
// server on Beast goes beyond.

#include <cstdio>

#include "bench/ceilings/bare_beast.hpp"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: ceiling_http PORT STATUS BODY\n", stderr);
    return 2;
  }
  ceilings::BareBeast server{
      static_cast<std::uint16_t>(std::stoi(argv[1])),
      static_cast<ceilings::http::status>(std::stoi(argv[2])),
      argv[3],
      [](const auto& connection) { connection->answer(); }};
  server.run();
}
