use crate::district::Place;

#[tokio::test]
async fn what_is_no_table_gets_a_sentence_and_changes_nothing() {
    let place = Place::sqlite().await;
    let corpus: [(&str, &[u8]); 5] = [
        ("empty.csv", b""),
        ("old.xls", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 0, 0]),
        ("page.xls", b"<html><body><table></table></body></html>"),
        ("paper.pdf", b"%PDF-1.7\n"),
        ("cut.xlsx", b"PK\x03\x04\x14\x00\x00\x00"),
    ];
    for (name, bytes) in corpus {
        let reply = place.officer.send_file("/imports", &[("register", "sites")], name, bytes).await;
        assert_eq!(reply.refused(), "422 imports.6", "{name}: {}", reply.text);
    }
    let page = place.officer.get("/imports").await.json();
    assert!(page["imports"].as_array().unwrap().is_empty(), "{page}");
}

#[tokio::test]
async fn a_quotation_mark_that_never_closes_ends_the_import_with_a_sentence() {
    let place = Place::sqlite().await;
    let text = "team,site\nT1,\"001\n".repeat(2) + "T1,\"never";
    let reply = place.officer.send_file("/imports", &[("register", "links")], "q.csv", text.as_bytes()).await;
    place.work().await;
    let is_told = reply.status == 422 || {
        let begun = reply.json();
        let page = place.look(begun["import"].as_str().unwrap()).await;
        page["state"] == "refused" && page["refusal"].as_str().is_some_and(|said| !said.is_empty())
    };
    assert!(is_told);
}
