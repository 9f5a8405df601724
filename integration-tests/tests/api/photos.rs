use integration_tests::{Answer, Caller, Server, on_both_engines};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::clock::move_ahead;

const MEBIBYTE: usize = 1024 * 1024;

/// A JPEG whose compressed data is `scan`, with a phone's metadata or without.
fn jpeg(scan: &[u8], metadata: &[u8]) -> Vec<u8> {
    [b"\xff\xd8\xff\xdb\x00\x04qt", metadata, b"\xff\xda\x00\x04sc", scan, b"\xff\xd9"].concat()
}

/// A segment of EXIF data and a comment.
const METADATA: &[u8] = b"\xff\xe1\x00\x16Exif\0\0GPS 31.2N 121E\xff\xfe\x00\x0bHUAWEI P9";

/// A form as `wx.uploadFile` writes it.
fn form(caller: &Caller, field: &str, file: &[u8]) -> RequestBuilder {
    let begins = format!(
        "--photoform\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"tmp_1.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    );
    caller
        .request(Method::POST, "/photos")
        .header("Content-Type", "multipart/form-data; boundary=photoform")
        .body([begins.as_bytes(), file, b"\r\n--photoform--\r\n"].concat())
}

async fn upload(caller: &Caller, file: &[u8]) -> Answer {
    caller.send(form(caller, "photo", file)).await
}

fn place(photo: &Value) -> String {
    format!("/photos/{}", photo["id"].as_str().unwrap())
}

/// The bytes of a photo, as they are shown.
async fn shown(caller: &Caller, place: &str) -> Vec<u8> {
    let answer = caller.request(Method::GET, place).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// How many files lie in the store.
fn files(server: &Server) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&server.database().folder.join("photos"))
}

fn sweep(server: &Server) {
    let (done, told) = server.run(&["jobs", "run", "sweep-photos"]);
    assert!(done, "{told}");
}

on_both_engines! {
    async fn a_photo_is_kept_without_what_the_phone_said_of_itself(server: Server) {
        let resident = server.signed_in("volunteer1").await;
        let uploaded = upload(&resident, &jpeg(b"pixels", METADATA)).await;
        let location = uploaded.header("location").to_owned();
        let photo = uploaded.expect(201);
        assert_eq!(location, format!("/api/v1{}", place(&photo)));
        let clean = jpeg(b"pixels", b"");
        assert_eq!((&photo["format"], &photo["bytes"]), (&json!("jpeg"), &json!(clean.len())));
        assert_eq!(shown(&resident, &place(&photo)).await, clean);

        let got = resident.request(Method::GET, &location).header("Accept-Encoding", "br, gzip");
        let got = resident.send(got).await;
        assert_eq!((got.status, got.header("content-type")), (200, "image/jpeg"));
        assert_eq!(got.header("cache-control"), "private, max-age=86400");
        assert_eq!((got.header("x-content-type-options"), got.header("content-encoding")), ("nosniff", ""));
        let known = resident.request(Method::GET, &location).header("If-None-Match", got.header("etag"));
        resident.send(known).await.expect(304);
    }

    async fn a_phone_that_tries_again_makes_no_second_copy(server: Server) {
        let resident = server.signed_in("volunteer1").await;
        let photo = upload(&resident, &jpeg(b"pixels", METADATA)).await.expect(201);
        let same = upload(&resident, &jpeg(b"pixels", b"")).await.expect(201);
        assert_eq!(same["id"], photo["id"]);
        let with_key = |scan: &[u8]| {
            form(&resident, "photo", &jpeg(scan, b"")).header("Idempotency-Key", "a-photo")
        };
        let first = resident.send(with_key(b"pixels")).await.expect(201);
        assert_eq!(first["id"], photo["id"]);
        let again = resident.send(with_key(b"pixels")).await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.expect(201), first);
        resident.send(with_key(b"others")).await.refused(422, "idempotency_key_reused");

        let other = server.signed_in("volunteer2").await;
        let same = upload(&other, &jpeg(b"pixels", b"")).await.expect(201);
        assert_ne!(same["id"], photo["id"]);

        let scan = b"at once".to_vec();
        let copies = (0..6).map(|_| {
            let (resident, scan) = (resident.clone(), scan.clone());
            tokio::spawn(async move { upload(&resident, &jpeg(&scan, b"")).await.expect(201) })
        });
        let copies: Vec<Value> = futures_util::future::try_join_all(copies).await.unwrap();
        assert!(copies.iter().all(|copy| copy["id"] == copies[0]["id"]), "{copies:?}");
    }

    async fn what_is_no_photo_is_refused_with_nothing_kept(server: Server) {
        let resident = server.signed_in("volunteer1").await;
        let told = upload(&resident, b"<svg xmlns='http://www.w3.org/2000/svg'/>").await.refused(422, "not_a_photo");
        assert_eq!(told["errors"][0]["pointer"], "/photo");
        upload(&resident, b"").await.refused(422, "not_a_photo");
        upload(&resident, b"\xff\xd8\xff\xe0\x00\x10JFIF").await.refused(422, "not_a_photo");
        let too_large = jpeg(&vec![0; 10 * MEBIBYTE], b"");
        upload(&resident, &too_large).await.refused(413, "body_too_large");
        upload(&resident, &vec![0; 12 * MEBIBYTE]).await.refused(413, "body_too_large");

        let field = form(&resident, "avatar", &jpeg(b"pixels", b""));
        let told = resident.send(field).await.refused(422, "invalid_body");
        assert_eq!(told["errors"][0]["pointer"], "/avatar");
        let empty = resident
            .request(Method::POST, "/photos")
            .header("Content-Type", "multipart/form-data; boundary=photoform");
        let cut = empty.try_clone().unwrap().body("--photoform\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\nabc");
        resident.send(cut).await.refused(400, "malformed_body");
        let told = resident.send(empty.body("--photoform--\r\n")).await.refused(422, "invalid_body");
        assert_eq!(told["errors"][0]["pointer"], "/photo");
        let unbounded = resident.request(Method::POST, "/photos").header("Content-Type", "multipart/form-data");
        resident.send(unbounded.body("x")).await.refused(400, "malformed_body");
        resident.post("/photos", &json!({"photo": "x"})).await.refused(415, "unsupported_media_type");
        resident.act("/photos").await.refused(415, "unsupported_media_type");
        let stranger = server.anonymous();
        upload(&stranger, &jpeg(b"pixels", b"")).await.refused(401, "unauthenticated");
        assert_eq!(files(&server), 0);
    }

    async fn a_photo_of_ten_megabytes_is_taken(server: Server) {
        let resident = server.signed_in("volunteer1").await;
        let large = jpeg(&vec![0; 10 * MEBIBYTE - 100], b"");
        let photo = upload(&resident, &large).await.expect(201);
        assert_eq!(shown(&resident, &place(&photo)).await.len(), large.len());
    }

    async fn nobody_sees_anothers_photo(server: Server) {
        let resident = server.signed_in("volunteer1").await;
        let photo = upload(&resident, &jpeg(b"pixels", b"")).await.expect(201);
        for other in [server.signed_in("volunteer2").await, server.anonymous()] {
            other.get(&place(&photo)).await.refused(404, "not_found");
            let forged = format!("{}?until=4000000000&signature=AAAA", place(&photo));
            other.get(&forged).await.refused(404, "not_found");
        }
        resident.get("/photos/01939e5c-1f70-7c1a-9a53-6f1d5f3b3001").await.refused(404, "not_found");
    }

    async fn a_link_works_without_a_token_until_it_ends(server: Server) {
        let resident = server.signed_in("volunteer1").await;
        let photo = upload(&resident, &jpeg(b"pixels", METADATA)).await.expect(201);
        let other = upload(&resident, &jpeg(b"others", METADATA)).await.expect(201);
        let link = photo["link"].as_str().unwrap();
        let anybody = server.anonymous();
        assert_eq!(shown(&anybody, link).await, jpeg(b"pixels", b""));
        let (path, signed) = link.split_once('?').unwrap();
        let (until, signature) = signed.split_once('&').unwrap();
        let seconds: i64 = until.strip_prefix("until=").unwrap().parse().unwrap();
        for altered in [
            format!("/api/v1{}?{signed}", place(&other)),
            format!("{path}?until={}&{signature}", seconds + 1),
            format!("{path}?{until}&signature=x{}", &signature["signature=x".len()..]),
            format!("{path}?{signature}"),
            format!("{path}?{until}"),
            path.to_owned(),
        ] {
            anybody.get(&altered).await.refused(404, "not_found");
        }
        anybody.get(&format!("{link}&width=1")).await.refused(400, "malformed_parameter");
        move_ahead(&server, 59).await;
        assert_eq!(shown(&anybody, link).await, jpeg(b"pixels", b""));
        move_ahead(&server, 76).await;
        anybody.get(link).await.refused(404, "not_found");
    }

    async fn a_photo_that_nothing_attached_goes_after_a_day(server: Server) {
        let resident = server.signed_in("volunteer1").await;
        let photo = upload(&resident, &jpeg(b"pixels", METADATA)).await.expect(201);
        sweep(&server);
        assert_eq!(files(&server), 1);
        move_ahead(&server, 25 * 60).await;
        resident.get(&place(&photo)).await.refused(404, "not_found");
        assert_eq!(files(&server), 0);
        let again = upload(&resident, &jpeg(b"pixels", b"")).await.expect(201);
        assert_ne!(again["id"], photo["id"]);
        assert_eq!(shown(&resident, &place(&again)).await, jpeg(b"pixels", b""));
    }
}
