import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.sax.SAXResult;
import javax.xml.transform.stream.StreamSource;
import org.apache.fop.apps.FOUserAgent;
import org.apache.fop.apps.Fop;
import org.apache.fop.apps.FopFactory;
import org.apache.xmlgraphics.util.MimeConstants;

/**
 * Formatting objects from standard input → PDFs to standard output, each after its length in four bytes.
 * A byte between the length of a source and the source says whether its letters have to be shaped; a length of 0 is the end.
 * The arguments are the configurations for sources without and with letters to be shaped.
 */
public final class FopServer {
    private FopServer() {
    }

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("org.apache.fop").setLevel(Level.WARNING);
        FopFactory[] factories = new FopFactory[2];
        TransformerFactory transformers = TransformerFactory.newInstance();
        DataInputStream in = new DataInputStream(System.in);
        DataOutputStream out = new DataOutputStream(System.out);
        System.setOut(System.err);
        while (true) {
            int length = in.readInt();
            if (length == 0) {
                return;
            }
            int shaped = in.readByte();
            if (factories[shaped] == null) {
                factories[shaped] = FopFactory.newInstance(new File(arguments[shaped]));
            }
            byte[] source = in.readNBytes(length);
            ByteArrayOutputStream pdf = new ByteArrayOutputStream();
            FOUserAgent agent = factories[shaped].newFOUserAgent();
            agent.setAccessibility(true);
            agent.getRendererOptions().put("pdf-ua-mode", "PDF/UA-1");
            Fop fop = factories[shaped].newFop(MimeConstants.MIME_PDF, agent, pdf);
            Transformer transformer = transformers.newTransformer();
            transformer.transform(new StreamSource(new ByteArrayInputStream(source)), new SAXResult(fop.getDefaultHandler()));
            out.writeInt(pdf.size());
            pdf.writeTo(out);
            out.flush();
        }
    }
}
