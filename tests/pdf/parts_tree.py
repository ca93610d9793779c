"""A file's tree of document parts, read as ISO 32000-2 §14.12 says it must be."""

from io import BytesIO

import pikepdf


def told(pdf):
    """(Packet id, place in the run, the pages of each of its sets), a packet a line; fails where the tree breaks a rule."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        root = opened.Root.DPartRoot
        assert root.is_indirect
        assert [str(each) for each in root.NodeNameList] == ["/Run", "/Packet", "/Set"]
        assert root.RecordLevel == 1
        run = root.DPartRootNode
        assert run.Parent.objgen == root.objgen
        pages = {page.objgen: number for number, page in enumerate(opened.pages, 1)}
        owner, met, found = {}, [], []
        (packets,) = run.DParts
        for packet in packets:
            assert packet.Parent.objgen == run.objgen
            assert "/Start" not in packet
            assert set(packet.DPM.keys()) == {"/PacketID", "/Sequence"}
            (sets,) = packet.DParts
            spans = []
            for leaf in sets:
                met.append(leaf.objgen)
                assert leaf.Parent.objgen == packet.objgen
                assert "/DParts" not in leaf
                assert "/DPM" not in leaf
                first = pages[leaf.Start.objgen]
                last = pages[leaf.End.objgen] if "/End" in leaf else first
                assert ("/End" in leaf) == (last > first)
                spans.append(range(first, last + 1))
                owner |= dict.fromkeys(spans[-1], leaf.objgen)
            found.append((str(packet.DPM.PacketID), int(packet.DPM.Sequence), tuple(spans)))
        assert len(set(met)) == len(met)
        flat = [page for _, _, spans in found for span in spans for page in span]
        assert flat == list(range(1, len(opened.pages) + 1))
        assert [page.DPart.objgen for page in opened.pages] == [owner[number] for number in flat]
        return found
