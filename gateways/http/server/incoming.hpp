// One request while it arrives: Beast's parser, with the head kept in one flat buffer that is used
// again and again.
//
// Beside what Beast refuses, a request must have exactly one Host (HTTP/1.1) and no transfer coding
// but chunked.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateways/http/message.hpp"

namespace http {

class Incoming {
 public:
  enum class Progress {
    need_more,  // nothing can be done before more bytes come
    head,       // the head is whole: method, target and headers can be read
    body,       // what there was of the body was added to body()
    done,
    head_too_large,
    malformed,  // fault() says how
  };
  struct Step {
    Progress progress;
    std::size_t used = 0;  // of the bytes; views of the request do not point into them
  };

  explicit Incoming(std::size_t head_bytes) : head_bytes_{head_bytes} { reset(); }
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  // Makes ready for the next request.
  void reset();

  Step put(std::string_view bytes);

  bool begun() const { return begun_; }
  const std::string& fault() const { return fault_; }

  // What follows needs a whole head.
  bool has_head() const { return head_told_; }
  bool expects_body() const { return !parser().is_done(); }
  bool keep_alive() const { return parser().keep_alive(); }
  bool is_http_1_0() const { return version_ == 10; }
  std::uint64_t content_length() const;  // 0 when it is not said
  std::string_view target() const { return at(target_); }
  Request& request() { return request_; }  // its query and body are the connection's to fill in
  std::string& body() { return body_; }

 private:
  // Where in text_ a part of the head stands.
  struct Piece {
    std::uint32_t begin = 0, size = 0;
  };

  // What Beast calls back.
  class Parser : public boost::beast::http::basic_parser<true> {
   public:
    explicit Parser(Incoming& owner) : owner_{owner} {}
    bool between_chunks() const { return chunked() && chunk_left_ == 0; }

   private:
    using Code = boost::beast::error_code;
    using Text = boost::beast::string_view;
    using Verb = boost::beast::http::verb;

    void on_request_impl(Verb, Text method, Text target, int version, Code&) override;
    void on_response_impl(int, Text, int, Code&) override {}
    void on_field_impl(boost::beast::http::field, Text name, Text value, Code&) override;
    void on_header_impl(Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
    std::size_t on_body_impl(Text part, Code&) override;
    void on_chunk_header_impl(std::uint64_t size, Text, Code&) override { chunk_left_ = size; }
    std::size_t on_chunk_body_impl(std::uint64_t remaining, Text part, Code&) override;
    void on_finish_impl(Code&) override {}

    Incoming& owner_;
    std::uint64_t chunk_left_ = 0;
  };

  Parser& parser() { return *parser_; }  // NOLINT(bugprone-unchecked-optional-access): see reset()
  const Parser& parser() const { return *parser_; }  // NOLINT(bugprone-unchecked-optional-access)
  Piece keep(boost::beast::string_view piece);
  std::string_view at(Piece piece) const {
    return std::string_view{text_}.substr(piece.begin, piece.size);
  }
  Step malformed(std::string fault, std::size_t used);
  Step finish_head(std::size_t used);

  std::size_t head_bytes_;
  std::string text_;
  Piece method_, target_;
  std::vector<std::pair<Piece, Piece>> fields_;
  int version_ = 11;
  std::string body_;
  std::optional<Parser> parser_;  // a new one for each request
  Request request_;
  std::string fault_;
  bool begun_ = false;
  bool head_told_ = false;
};

}  // namespace http
